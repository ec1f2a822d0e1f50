// What this phone keeps by itself, in IndexedDB: the list of devices, what was done and not sent, photos, drafts. Each belongs to the person
// who was signed in; nobody else sees it, and nobody else's sign-in sends it. A promise here is kept once the disk says so.

const NAME = "assets-phone";
const RECEIVED_MAX = 50; // of what the centre has received, so many are still shown
const DAY = 86_400_000;

let opening;
const opened = () => (opening ??= new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const db = request.result;
    for (const name of ["meta", "pocket", "drafts", "photos"]) db.createObjectStore(name);
    db.createObjectStore("acts", { keyPath: "id" }).createIndex("order", ["person", "sequence"], { unique: true });
  };
  request.onsuccess = () => {
    const forget = () => (opening = null);
    Object.assign(request.result, { onclose: forget, onversionchange: () => forget(request.result.close()) });
    resolve(request.result);
  };
  request.onerror = () => reject(request.error);
}).catch((error) => {
  opening = null;
  throw error;
}));

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** What `work` gives, once the transaction around it is complete; all of it happens, or nothing. */
const within = async (mode, names, work) => {
  const db = await opened();
  const transaction = db.transaction(names, mode, { durability: "strict" });
  const complete = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("nothing was kept"));
  });
  const worked = work(...names.map((name) => transaction.objectStore(name))).catch((error) => {
    try {
      transaction.abort();
    } catch {
      // it has ended by itself
    }
    throw error;
  });
  const [result] = await Promise.all([worked, complete]);
  return result;
};
const reading = (names, work) => within("readonly", names, work);
const writing = (names, work) => within("readwrite", names, work);

const ofPerson = (person) => IDBKeyRange.bound([person], [person, []]);
const inOrder = (acts, person) => asked(acts.index("order").getAll(ofPerson(person)));

// Who ---------------------------------------------------------------------------------------------------------------

/** Whose phone it is now, with the phone's id, its next place and when the centre was last heard; null before the first sign-in. */
export const whose = () => reading(["meta"], async (meta) => {
  const person = await asked(meta.get("person"));
  return person ? asked(meta.get(["phone", person])) : null;
});

/** From now on the phone is this person's: the list of whoever had it before is gone, what they did waits for them. */
export const adopt = (person) => writing(["meta", "pocket", "drafts"], async (meta, pocket) => {
  const before = await asked(meta.get("person"));
  const phone = await asked(meta.get(["phone", person])) ?? { person, id: crypto.randomUUID(), sequence: 0 };
  if (before !== person) await asked(pocket.clear());
  await asked(meta.put(phone, ["phone", person]));
  await asked(meta.put(person, "person"));
  return phone;
});

const amendPhone = async (meta, person, facts) => {
  const phone = await asked(meta.get(["phone", person]));
  if (phone) await asked(meta.put({ ...phone, ...facts }, ["phone", person]));
};

/** The centre has been heard: `at`, and by how many milliseconds this clock is ahead. */
export const heard = (person, facts) => writing(["meta"], (meta) => amendPhone(meta, person, facts));

/** At sign-out: the list goes, and nobody is known; what is not sent stays for its person. */
export const leave = () => writing(["meta", "pocket"], async (meta, pocket) => {
  await asked(pocket.clear());
  await asked(meta.delete("person"));
});

/** How many acts of anybody else wait on this phone. */
export const ofOthers = (person) => reading(["acts"], async (acts) => {
  const all = await asked(acts.getAll());
  return all.filter((act) => act.person !== person && act.state === "kept").length;
});

/** The phone was signed out: all of the person goes that is not waiting to be sent. Says whether the phone is empty now. */
export const empty = (person) => writing(["meta", "pocket", "acts", "drafts", "photos"], async (meta, pocket, acts, drafts, photos) => {
  const mine = await inOrder(acts, person);
  if (mine.some((act) => act.state === "kept")) return false;
  for (const act of mine) await asked(acts.delete(act.id));
  await asked(pocket.clear());
  await asked(drafts.delete(ofPerson(person)));
  await asked(photos.delete(ofPerson(person)));
  await asked(meta.delete(["phone", person]));
  await asked(meta.delete("person"));
  return true;
});

// The list of devices -----------------------------------------------------------------------------------------------

export const keepPocket = (person, list, etag, at) => writing(["meta", "pocket"], async (meta, pocket) => {
  if (await asked(meta.get("person")) !== person) return;
  await asked(pocket.put({ person, list, etag, at }, "list"));
  await amendPhone(meta, person, { heardAt: at });
});

export const stillSo = (person, at) => writing(["meta", "pocket"], async (meta, pocket) => {
  const kept = await asked(pocket.get("list"));
  if (kept?.person === person) await asked(pocket.put({ ...kept, at }, "list"));
  await amendPhone(meta, person, { heardAt: at });
});

/** The list with its mark and when it was last known to be right. */
export const pocketOf = (person) => reading(["pocket"], async (pocket) => {
  const kept = await asked(pocket.get("list"));
  return kept?.person === person ? kept : null;
});

/** Whether nothing was heard of the centre for so many days that the list is shown to nobody until a new sign-in. */
export const isLocked = (phone, days, now = Date.now()) => now - (phone.heardAt ?? 0) > days * DAY;

// What was done -----------------------------------------------------------------------------------------------------

/**
 * Keeps an act in the phone's order, with its photos; `draft` is the one that it ends.
 * Its states: `kept` on this phone, `received` by the centre, `trouble` that somebody must settle.
 */
export const keepAct = (person, act, photos = [], draft = null) => writing(["meta", "acts", "photos", "drafts"], async (meta, acts, files, drafts) => {
  const phone = await asked(meta.get(["phone", person]));
  const sequence = phone.sequence + 1;
  const kept = { ...act, person, sequence, state: "kept", photos: photos.map(({ sha256 }) => sha256) };
  for (const photo of photos) await asked(files.put(photo, [person, photo.sha256]));
  await asked(acts.add(kept));
  await asked(meta.put({ ...phone, sequence }, ["phone", person]));
  if (draft !== null) await asked(drafts.delete([person, draft]));
  return kept;
});

/** All that the person did, in their order. */
export const actsOf = (person) => reading(["acts"], (acts) => inOrder(acts, person));

/** The act with what came of it; photos that no other act waits for go, and of what was received only the newest stay. */
export const settle = (person, id, facts) => writing(["acts", "photos"], async (acts, photos) => {
  const act = await asked(acts.get(id));
  if (!act) return;
  await asked(acts.put({ ...act, ...facts }));
  const mine = await inOrder(acts, person);
  const needed = new Set(mine.filter(({ state }) => state === "kept").flatMap((each) => each.photos));
  for (const key of await asked(photos.getAllKeys(ofPerson(person))))
    if (!needed.has(key[1])) await asked(photos.delete(key));
  const received = mine.filter(({ state }) => state === "received");
  for (const old of received.slice(0, -RECEIVED_MAX)) await asked(acts.delete(old.id));
});

/** Takes what was refused, or received, out of sight; what waits to be sent stays. */
export const dismiss = (id) => writing(["acts"], async (acts) => {
  const act = await asked(acts.get(id));
  if (act && act.state !== "kept") await asked(acts.delete(id));
});

export const photoOf = (person, sha256) => reading(["photos"], (photos) => asked(photos.get([person, sha256])));

/** The photo is at the centre, or will never be: either way its act may go. */
export const photoDone = (person, sha256) => writing(["photos"], async (photos) => {
  const photo = await asked(photos.get([person, sha256]));
  if (photo) await asked(photos.put({ ...photo, isDone: true }, [person, sha256]));
});

// Drafts ------------------------------------------------------------------------------------------------------------

export const draftOf = (person, name) => reading(["drafts"], (drafts) => asked(drafts.get([person, name])));
export const keepDraft = (person, name, draft) => writing(["drafts"], (drafts) => asked(drafts.put(draft, [person, name])));
export const dropDraft = (person, name) => writing(["drafts"], (drafts) => asked(drafts.delete([person, name])));
