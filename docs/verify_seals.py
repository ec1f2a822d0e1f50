"""Checks what assets-service exported and sealed, without its code: needs Python 3.11 and `cryptography` alone.

    python verify_seals.py KEY FILE... [--tiles FOLDER] [--witness KEY... --need N]

FILE: ledger.jsonl, inventory.jsonl, either with its .proofs right behind it; or a checkpoint. It writes nothing.
The formats: ledger-format.md, ledger-seals.md, and c2sp.org (signed-note, tlog-checkpoint, -tiles, -cosignature).
"""

import argparse, base64, hashlib, json, pathlib, sys
from datetime import datetime
from zoneinfo import ZoneInfo
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NOT_FACTS = {"flags", "openness", "openness_year"}  # of a row: counted, or told by no chain

def must(hold, why):
    if not hold:
        raise ValueError(why)

sha = lambda data: hashlib.sha256(data).digest()

def digest(part, *lines):
    return sha("\n".join(["assets-ledger-2" + part, *map(str, lines)]).encode()).hex()

def raw(text):
    must(base64.b64encode(data := base64.b64decode(text, validate=True)).decode() == text, f"not base64: {text[:40]}")
    return data

def fits(key, note):  # whether the key (name+id+base64) signed it; of sort 1 a log, of sort 4 a witness
    name, _, rest = key.partition("+")
    sort, public = raw(rest.partition("+")[2])[:1], raw(rest.partition("+")[2])[1:]
    text, _, below = note.rpartition("\n\n")
    own = [raw(line.split(" ")[2]) for line in below.splitlines() if line.startswith(f"— {name} ")]
    own = [made[4:] for made in own if made[:4] == sha(f"{name}\n".encode() + sort + public)[:4]]
    must(len(own) < 2, f"two signatures by {name}")
    for made in own:
        seconds = int.from_bytes(made[:8])
        said, made = (f"cosignature/v1\ntime {seconds}\n{text}\n", made[8:]) if sort == b"\4" else (f"{text}\n", made)
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(made, said.encode())
        except InvalidSignature:
            must(False, f"the signature of {name} does not fit")
    return bool(own)

def checkpoint(note, how):
    origin, size, root = note.split("\n\n")[0].split("\n")
    must(origin == how.key.split("+")[0], f"a checkpoint of another log, {origin}")
    must(fits(how.key, note), "not signed by the log's key")
    must(sum(fits(key, note) for key in set(how.witness)) >= how.need, "too few witnesses")
    must(not how.tiles or int(size) <= len(how.leaves), "this checkpoint is newer than what is kept")
    must(not how.tiles or root_of(how.leaves[: int(size)] or [sha(b"")]) == raw(root), "the log that is kept begins otherwise")
    return int(size), raw(root)

def root_of(nodes):
    while len(nodes) > 1:  # a last one without a neighbour goes up as it is: the same tree as RFC 6962's
        nodes = [sha(b"\1" + a + b) for a, b in zip(nodes[::2], nodes[1::2])] + nodes[len(nodes) // 2 * 2 :]
    return nodes[0]

def kept(folder):  # the leaves: tiles of 256 hashes, the last one narrower
    data = b"".join(path.read_bytes() for path in sorted(pathlib.Path(folder, "tile", "0").rglob("*")) if path.is_file())
    return [data[at : at + 32] for at in range(0, len(data), 32)]

def must_be_leaf(line, hash_, tree):  # RFC 9162, 2.1.3.2
    place, last, found, path = line["leaf"], tree[0] - 1, sha(b"\0" + bytes.fromhex(hash_)), raw(line["path"])
    must(0 <= place <= last and len(path) % 32 == 0, "a leaf past the tree")
    for each in (path[at : at + 32] for at in range(0, len(path), 32)):
        must(last, "a path that is too long")
        if place & 1 or place == last:
            found = sha(b"\1" + each + found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = sha(b"\1" + found + each)
        place, last = place >> 1, last >> 1
    must(last == 0 and found == tree[1], "the proof does not lead to the root")

def hash_of(line):
    about = [line.get(name) for name in ("private_salt", "subject", "subject_seq", "at", "private")]
    private = digest("/private", *about) if "private" in line else line["private_digest"]
    return digest("", line["told"], digest("/facts", digest("/public", line["public_salt"], line["public"]), private))

def chains(entries):  # the head of each; every entry hashed again and linked to the one before
    heads = {}
    for entry in entries:
        subject, lines = entry["subject"], "prev_hash subject subject_seq kind at claimed_at actor door action_id body"
        seq, before = heads.get(subject, (0, "0" * 64))
        salt = digest("/salt", entry["salt"], "told")[:32]
        told = digest("/told", salt, *("-" if entry[name] is None else entry[name] for name in lines.split()))
        must(entry["hash"] == digest("", told, entry["facts"]), f"{subject}, entry {seq + 1}: changed")
        must((entry["subject_seq"], entry["prev_hash"]) == (seq + 1, before), f"{subject}, entry {seq + 1}: not next")
        heads[subject] = (seq + 1, entry["hash"])
    return heads

def ledger(header, entries, proofs, how):
    heads = chains(entries)
    there = {sha(b"\0" + bytes.fromhex(entry["hash"])) for entry in entries}
    bad = [number for number, leaf in enumerate(how.leaves) if leaf not in there]
    must(header["scope"] != ["00"] or not bad, f"leaf {bad[:1]} is no entry of this file: changed, or taken away")
    shown = {line["subject"]: (line["subject_seq"], line["hash"]) for line in proofs}
    must(not proofs or shown == heads, "the proofs are not of the heads of these chains")
    return f"{len(entries)} entries in {len(heads)} chains hold; {len(how.leaves) - len(bad)} of {len(how.leaves)} kept leaves"

def inventory(_header, rows, proofs, _how):
    others = {line["subject"]: line for line in proofs[len(rows) :]}
    must(len(proofs) >= len(rows) or not proofs, "rows without a proof")
    must(all("private" in line for line in others.values()), "an office or a person that its proof does not name")
    for row, line in zip(rows, proofs):
        facts = json.loads(line["public"]) | json.loads(line.get("private", "{}"))
        office = json.loads(others[f"office/{facts['office']}"]["public"])
        told = facts | {"code": line.get("subject"), "office_name": office["office_name"]}
        told["note"] = (facts.get("note") or "").replace("\r\n", "\n").replace("\r", "\n") or None
        for day, moment in (("sent_on", facts.get("sent_at")), ("received_on", facts.get("received_at"))):
            told[day] = moment and f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(office['timezone'])):%Y-%m-%d}"
        for name in ("holder", "received_by"):
            person = others.get(f"person/{facts.get(name)}", {})
            known = json.loads(person.get("private", "{}")).get("name_sha256")
            opened = known and known == digest("/name", person.get("name_salt"), person.get("name"))
            told[name] = person["name"] if opened else facts.get(name) and f"#{facts[name]}"
        for name in row.keys() - NOT_FACTS:
            must(row[name] == told[name], f"{told['code']}, {name}: the row says {row[name]}, the entry {told[name]}")
    return f"{len(rows)} rows" + (" say what their proven entries say" if proofs else "")

def verify(file, proofs, how):
    text = pathlib.Path(file).read_text(encoding="utf-8")
    if not text.startswith("{"):
        return f"the checkpoint of {checkpoint(text, how)[0]} leaves holds"
    header, *lines, trailer = map(json.loads, text.splitlines())
    must(trailer["type"] == "trailer", "the file was cut off")
    beside, *shown = map(json.loads, open(proofs, encoding="utf-8")) if proofs else [None]
    tree = beside and checkpoint(beside["checkpoint"], how)
    must(not beside or shown.pop()["type"] == "trailer", "the proofs were cut off")
    is_ledger = header["format"] == "assets-ledger-2"
    for line in (sealed := [line for line in shown if line["leaf"] is not None]):
        must_be_leaf(line, line["hash"] if is_ledger else hash_of(line), tree)
    must(len({line["leaf"] for line in sealed}) == len(sealed), "the same proof stands there twice")
    said = (ledger if is_ledger else inventory)(header, lines, shown, how)
    return said + (f"; {len(sealed)} heads proven, {len(shown) - len(sealed)} not sealed yet" if beside else "")

asked = argparse.ArgumentParser()
for name, more in {"key": {}, "files": {"nargs": "+"}, "--tiles": {}, "--witness": {"action": "append", "default": []},
                   "--need": {"type": int, "default": 0}}.items():
    asked.add_argument(name, **more)
how = asked.parse_args()
how.leaves = kept(how.tiles) if how.tiles else []
try:
    for file in (each for each in how.files if not each.endswith(".proofs")):
        print(f"{file}: {verify(file, next((each for each in how.files if each == file + '.proofs'), None), how)}.")
except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError) as why:
    sys.exit(print(f"BROKEN: {why!r}") or 1)
