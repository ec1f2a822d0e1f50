// Comfort only: without this file a code is typed, or a scanner gun types it, and the server says which device it is.
// Binds each `[data-scanner]` to the field it reads into; a page with rules of its own for a read listens to `read` on it: see `Reads`.

const GUN_GAP = 40; // milliseconds between two signs: no hand is that quick
const GUN_SIGNS = 6;
const WHOLE_PAUSE = 300; // a gun that ends with nothing has ended
const GUN_PAUSE = 1200; // the same, where more might come
const HAND_PAUSE = 350;
const PASTED_MAX = 30;
const TYPED_MIN = 6; // signs that may be the end of a serial number

const { isMangled, isWhole, kindOf, split } = await import(document.querySelector("[data-scanner]").dataset.shapes);

/** The piece of a page that tells the device of a read, or why there is none. Throws without an answer of ours, as a captive portal gives. */
export const matched = async (address, text) => {
  const answer = await fetch(`${address}?${new URLSearchParams({ kode: text })}`, { headers: { Accept: "text/html" } });
  const piece = document.createElement("template");
  piece.innerHTML = await answer.text();
  const said = piece.content.querySelector("[data-match]");
  if (!said) throw new Error("no answer");
  return said;
};

/** Shows which device a text is, while somebody types it and before it counts. */
const showUnder = async (target) => {
  const { under, words, typed: text } = target;
  under.replaceChildren();
  if (text.length < TYPED_MIN) return;
  const piece = await matched(words.match, text).catch(() => "");
  if (target.typed === text) under.replaceChildren(piece);
};

/** What the page itself makes of a read, if it listens; see `Reads`. */
const asPageSays = (field, text) => {
  const event = new CustomEvent("read", { cancelable: true, detail: { text } });
  field.dispatchEvent(event);
  return event.defaultPrevented ? event.detail.outcome : null;
};

const wordsOf = (what) => (what instanceof Node ? what.textContent.trim().replace(/\s+/g, " ") : what);

/**
 * The list of what was read, the newest on top.
 *
 * Outcome: what came of a read. `good`, or its `tone`; `what` it is; `why` it is not taken; `keep`: as what it goes into the field, if it
 * does; `same`: two reads with it are one. A page that knows better listens to `read` on the field, calls `preventDefault()` and puts its
 * own into `event.detail.outcome`; `unread` tells it that the last was taken back.
 */
class Reads {
  constructor(section, field, say) {
    Object.assign(this, { section, field, say, reads: [], words: section.dataset });
    this.under = section.querySelector("[data-under]");
    this.list = section.querySelector("[data-reads]");
    this.only = this.list.querySelector("[data-only]");
    this.list.querySelector("[data-undo]").addEventListener("click", () => this.undo());
    this.endAll();
    this.only.addEventListener("click", () => {
      this.only.setAttribute("aria-pressed", this.only.getAttribute("aria-pressed") !== "true");
      this.count();
    });
  }

  /** The lines that are ended, and what is being typed behind them, which nothing may touch. */
  get parts() {
    const end = this.field.value.lastIndexOf("\n") + 1;
    return [this.field.value.slice(0, end).split("\n").map((line) => line.trim()).filter(Boolean), this.field.value.slice(end)];
  }

  get lines() {
    return this.parts[0];
  }

  write(lines, typed = this.parts[1]) {
    this.field.value = lines.map((line) => `${line}\n`).join("") + typed;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** It goes into the field at once, before the server has said what it is: a form that is sent meanwhile loses nothing. */
  async take(text) {
    this.under.replaceChildren();
    if (this.reads.some((read) => read.text.toUpperCase() === text.toUpperCase())) return this.sayAgain(text);
    const kind = kindOf(text, this.words.longest);
    const foreign = { good: false, what: text.slice(0, 60), why: this.words.foreign };
    const known = kind === "foreign" ? foreign : asPageSays(this.field, text);
    const read = { text, outcome: { good: true, what: text, keep: text } };
    if (known) return this.settle(read, known);
    if (!this.lines.includes(text)) this.write([...this.lines, text]);
    this.reads.push(read);
    this.show(read);
    const outcome = await this.asServerSays(text);
    if (!this.reads.includes(read)) return; // taken back meanwhile
    if (!this.lines.includes(text)) return this.drop(read); // or removed by hand
    this.settle(read, kind === "elsewhere" && !outcome.good ? foreign : outcome, text);
  }

  /** The read stands for what came of it, in the list and in the field, where it may have stood as it was read (`before`). */
  settle(read, outcome, before = "") {
    const same = outcome.same ?? outcome.keep;
    const isKept = same && same !== before && this.lines.includes(same);
    const isDouble = isKept || (same && this.reads.some((other) => other !== read && other.outcome.same === same));
    const lines = before ? this.lines : [...this.lines, ""];
    lines.splice(lines.indexOf(before), 1, isDouble ? "" : outcome.keep ?? "");
    if (before || outcome.keep) this.write(lines.filter(Boolean));
    if (isDouble) return this.drop(read) ?? this.sayAgain(read.text);
    read.outcome = { ...outcome, same };
    if (!this.reads.includes(read)) this.reads.push(read);
    this.tell?.(outcome.good);
    this.show(read);
  }

  drop(read) {
    this.reads = this.reads.filter((other) => other !== read);
    read.item?.remove();
    this.count();
  }

  /** Without an answer the read stays as it is, and is judged when the form is sent. */
  async asServerSays(text) {
    try {
      const piece = await matched(this.words.match, text);
      const { code } = piece.dataset;
      return code ? { good: true, what: piece, keep: code } : { good: false, what: text, why: wordsOf(piece) };
    } catch {
      return { good: true, what: text, why: this.words.unmatched, keep: text };
    }
  }

  show(read) {
    const { what, why, good, tone = good ? "good" : "bad" } = read.outcome;
    read.item ??= this.list.querySelector("template").content.firstElementChild.cloneNode(true);
    read.item.className = tone;
    read.item.querySelector("[data-what]").replaceChildren(what);
    read.item.querySelector("[data-why]").textContent = why ?? "";
    if (!read.item.isConnected) this.list.querySelector("ol").prepend(read.item);
    this.say(why ? `${wordsOf(what)}: ${why}` : wordsOf(what), tone);
    this.count();
  }

  count() {
    const bad = this.reads.filter(({ outcome }) => !outcome.good).length;
    const { counted, total } = this.list.dataset;
    this.list.hidden = !this.reads.length;
    this.list.querySelector("[data-count]").textContent = counted.replace("{num}", this.reads.length - bad).replace("{total}", total);
    this.only.hidden = !bad;
    this.only.querySelector("b").textContent = bad;
    const isNarrowed = bad > 0 && this.only.getAttribute("aria-pressed") === "true";
    for (const { item, outcome } of this.reads) item.hidden = isNarrowed && outcome.good;
  }

  /** Takes the last read back; it may be read again. */
  undo() {
    const read = this.reads.pop();
    if (!read) return;
    read.item.remove();
    this.write(this.lines.filter((line) => line !== read.outcome.keep));
    this.field.dispatchEvent(new CustomEvent("unread", { detail: { text: read.text } }));
    this.forget?.();
    this.say(this.list.dataset.undone.replace("{read}", read.text.slice(0, 60)));
    this.count();
  }

  sayAgain(text) {
    this.say(this.words.again.replace("{read}", text.slice(0, 60)));
  }

  /** What was pasted, or typed without Enter; a long list is left to the server. */
  takeFresh() {
    this.endAll();
    const kept = new Set(this.reads.map(({ outcome }) => outcome.keep));
    const fresh = this.lines.filter((line) => !kept.has(line));
    if (!fresh.length || (fresh.length > PASTED_MAX && !("own" in this.words))) return;
    this.write(this.lines.filter((line) => kept.has(line)));
    for (const text of fresh.flatMap(split)) this.take(text);
  }

  preview() {
    return showUnder(this);
  }

  get typed() {
    return this.parts[1].trim();
  }

  /** The line that a gun or a hand has just ended. */
  endLine() {
    const [lines, typed] = this.parts;
    this.write(lines, "");
    return typed;
  }

  endAll() {
    if (this.parts[1].trim() && this.field.tagName === "TEXTAREA") this.field.value += "\n";
  }
}

/** Shows the device of what stands in the field before it counts; where the page is to `go` on at once, the form is sent. */
class One {
  constructor(section, field, say) {
    Object.assign(this, { field, say, words: section.dataset, under: section.querySelector("[data-under]") });
  }

  async take(text) {
    const kind = kindOf(text, this.words.longest);
    const said = kind !== "foreign" && asPageSays(this.field, text);
    if (said) return this.end(said);
    const isKnown = kind === "elsewhere" ? await matched(this.words.match, text).then((piece) => piece.dataset.code, () => "") : kind !== "foreign";
    this.tell?.(Boolean(isKnown));
    if (!isKnown) return this.say(this.words.foreign, "bad");
    this.stop?.();
    this.field.value = text;
    if (!("go" in this.words)) return this.preview();
    this.say(this.words.found, "good");
    this.field.form.requestSubmit();
  }

  end({ good, why }) {
    this.tell?.(good);
    if (good) this.stop?.();
    this.say(why ?? "", good ? "good" : "bad");
  }

  preview() {
    return "own" in this.words ? undefined : showUnder(this);
  }

  get typed() {
    return this.field.value.trim();
  }

  endLine() {
    return this.typed;
  }
}

/**
 * Does it once the tap that took the focus away has ended: a list that grows while a finger is down moves away what it is on.
 * A mouse is down for a while; of a finger the browser tells all that a tap is, the loss of the focus too, in one go when it is up.
 */
let down = Promise.resolve();
document.addEventListener("pointerdown", () => {
  down = new Promise((up) => {
    for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, up, { once: true, capture: true });
  });
}, true);
const afterTap = (work) => down.then(() => setTimeout(work));

/** A scanner gun types quicker than a hand, and ends with Enter, with Tab, or with nothing. */
const listenToKeys = (field, target, isList, say, layout) => {
  let [burst, at, timer] = [0, 0, 0];
  const ended = () => {
    burst = 0;
    clearTimeout(timer);
    const text = target.endLine().trim();
    if (isMangled(text)) return say(layout, "bad");
    for (const each of split(text)) target.take(each);
  };
  field.addEventListener("keydown", (event) => {
    const now = event.timeStamp; // when it was typed, however late it is handled
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      burst = now - at < GUN_GAP ? burst + 1 : 1;
      at = now;
      return;
    }
    const isGun = burst >= GUN_SIGNS && now - at < WHOLE_PAUSE;
    if (event.key === "Enter" ? isList || isGun : event.key === "Tab" && isGun) {
      event.preventDefault();
      ended();
    }
  });
  field.addEventListener("input", ({ isTrusted }) => {
    clearTimeout(timer);
    if (!isTrusted) return; // we wrote it
    if (burst >= GUN_SIGNS) timer = setTimeout(ended, isWhole(target.typed) ? WHOLE_PAUSE : GUN_PAUSE);
    else timer = setTimeout(() => target.preview(), HAND_PAUSE);
  });
  if (isList) field.addEventListener("change", () => afterTap(() => target.takeFresh()));
};

/** The camera, or a photo where there is none; loaded when it is asked for. */
const offerCamera = (section, target, say) => {
  const [start, photo] = ["start", "photo"].map((name) => section.querySelector(`[data-${name}]`));
  let camera;
  const takeEach = (texts) => (target instanceof One ? target.take(texts.find((text) => kindOf(text) !== "foreign") ?? texts[0]) : texts.forEach((text) => target.take(text)));
  const loaded = async () => {
    camera ??= (await import(section.dataset.camera)).over(section, say, takeEach);
    return Object.assign(target, { tell: camera.tell, stop: camera.stop, forget: camera.forget }) && camera;
  };
  const withPhoto = () => {
    start.hidden = true;
    photo.hidden = false;
  };
  start.addEventListener("click", async () => {
    start.hidden = true;
    say("");
    const began = await loaded().then((loadedCamera) => loadedCamera.begin(), () => null); // null: it could not be fetched
    if (began === false) withPhoto();
    if (began !== null) return;
    start.hidden = false;
    say(section.dataset.broken, "warn");
  });
  photo.querySelector("input").addEventListener("change", async ({ target: chosen }) => {
    const [file] = chosen.files;
    if (file) await loaded().then((loadedCamera) => loadedCamera.readPhoto(file), () => say(section.dataset.broken, "warn"));
    chosen.value = "";
  });
  if (!navigator.mediaDevices?.getUserMedia) withPhoto();
  else if (location.hash === "#kamera") start.click();
};

for (const section of document.querySelectorAll("[data-scanner]")) {
  const { into, layout } = section.dataset;
  const field = document.getElementById(into);
  const said = section.querySelector("[data-said]");
  const say = (sentence, tone = "info") => Object.assign(said, { textContent: sentence, className: `notice ${tone}` });
  const isList = "list" in section.dataset;
  const target = new(isList ? Reads : One)(section, field, say);
  if (!("cameraOnly" in section.dataset)) listenToKeys(field, target, isList, say, layout);
  offerCamera(section, target, say);
  section.hidden = false;
}
