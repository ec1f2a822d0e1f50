// Hands in what was done without network: first in, first out, one tab at a time, each act at most once. An act leaves the queue only when an
// answer of ours names its id and says how it ended; anything else leaves all as it was.

import * as store from "./pocket-store.js";

export const SCHEMA = 1;
const BATCH_MAX = 25;
const LOCK = "assets-queue";
const FINAL = { applied: "received", unchanged: "received", duplicate: "received", refused: "trouble" };
const HELD = ["conflict", "quarantined"]; // an officer decides: asked after later
const ASK_AGAIN = 3_600_000;
const CONTACT = 3_600_000; // an idle phone says as often that it is there
const PATIENCE = 60_000;
const PHOTO_PATIENCE = 180_000;
const MAKE = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0];
const API = "/api/v1";

/** A version 7 UUID: in the order of time. */
export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let at = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = at % 256;
    at = Math.floor(at / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

// A clock that nobody sets: it counts for as long as this page is seen, for many phones stop it while they sleep.
let stretch = newId();
globalThis.document?.addEventListener("visibilitychange", () => (stretch = newId()));
export const now = () => ({ observed_at: new Date().toISOString(), ticks: { stretch, at: performance.now() } });

/** Nothing of ours came back: no network, a captive portal, a server that is down. */
class Unanswered extends Error {}
/** The centre asks who this is. */
class SignInNeeded extends Error {}
/** The centre refuses all of it for a reason that a person can read; nothing was taken. */
class Refused extends Error {}

const asked = async (path, options = {}, patience = PATIENCE) => {
  let answer;
  let said;
  try {
    answer = await fetch(API + path, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(patience), ...options });
    if (answer.status === 304 || answer.status === 204) return { answer };
    if (!/^application\/(problem\+)?json\b/.test(answer.headers.get("content-type") ?? "")) throw new Unanswered(`${answer.status}`);
    said = await answer.json();
  } catch (error) {
    throw error instanceof Unanswered ? error : new Unanswered(String(error));
  }
  if (answer.status === 401) throw new SignInNeeded();
  if (answer.status >= 500 || answer.status === 429) throw new Unanswered(`${answer.status}`);
  return { answer, said };
};

const aheadBy = (answer) => {
  const at = Date.parse(answer.headers.get("date") ?? "");
  return Number.isNaN(at) ? {} : { aheadMs: Date.now() - at };
};

/** Who is signed in at the centre now; the phone is theirs from here on. */
const signedIn = async () => {
  const { answer, said } = await asked("/me");
  if (!answer.ok || !Number.isInteger(said.id)) throw new Unanswered("me");
  const before = await store.whose();
  const phone = before?.person === said.id ? before : await store.adopt(said.id);
  await store.heard(said.id, { heardAt: Date.now(), ...aheadBy(answer) });
  return phone;
};

/** The list of devices as it is now, if it is another than before. */
const readPocket = async (person) => {
  const kept = await store.pocketOf(person);
  const { answer, said } = await asked("/pocket", { headers: kept ? { "If-None-Match": kept.etag } : {} });
  if (answer.status === 304) return store.stillSo(person, Date.now());
  if (answer.ok && said.person === person && said.devices) await store.keepPocket(person, said, answer.headers.get("etag") ?? "", Date.now());
};

const sendPhoto = async (person, sha256) => {
  const photo = await store.photoOf(person, sha256);
  if (!photo || photo.isDone) return;
  const body = new Blob([photo.bytes], { type: "application/octet-stream" });
  const { answer, said } = await asked(`/photos/${sha256}`, { method: "PUT", body }, PHOTO_PATIENCE);
  if (answer.ok && !said?.id) throw new Unanswered("photo");
  if (answer.status === 403 || answer.status === 409) throw new Refused(said?.detail);
  await store.photoDone(person, sha256); // one that is refused is named by its act, which is refused for it
};

/** The act as the centre reads it. */
export const wire = ({ id, type, device, shipment, visit, payload, photos, observed_at, ticks, sequence, base_version }) => ({
  ...{ id, type, device, shipment, visit, payload, photos, observed_at, sequence, base_version },
  elapsed_ms: ticks?.stretch === stretch ? Math.round(performance.now() - ticks.at) : undefined,
});

const post = async (phone, batch, holds) => {
  const body = JSON.stringify({ phone: phone.id, schema: SCHEMA, name: MAKE, sent_at: new Date().toISOString(), holds, actions: batch.map(wire) });
  const { answer, said } = await asked("/actions", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (answer.status >= 400) throw new Refused(said.detail ?? said.title);
  if (!answer.ok || !Array.isArray(said.actions) || typeof said.empty !== "boolean") throw new Unanswered("shape");
  return said;
};

/** What an answer makes of its act; nothing, where it does not name it or does not say how it ended. */
const outcomeOf = ({ status, problem, ledger_seq, until }) => {
  const at = Date.now();
  const why = problem?.errors?.[0]?.message ?? problem?.detail ?? "";
  if (FINAL[status]) return { state: FINAL[status], status, why, ledger_seq, at };
  if (HELD.includes(status)) return { state: "trouble", status, why, at, askAt: at + ASK_AGAIN };
  if (status === "waiting") return { waitsUntil: Math.max(Date.parse(until) || 0, at + 1000) };
  return null;
};

const sendBatch = async (phone, batch, holds) => {
  for (const sha256 of batch.flatMap((act) => act.photos)) await sendPhoto(phone.person, sha256);
  const { actions, empty, key } = await post(phone, batch, holds);
  let moved = 0;
  for (const act of batch) {
    const named = actions.find((answer) => answer?.id === act.id);
    const outcome = named && outcomeOf(named);
    if (outcome) await store.settle(phone.person, act.id, outcome);
    if (outcome?.state) moved += 1;
  }
  await store.heard(phone.person, { contactAt: Date.now(), ...(typeof key === "string" ? { key } : {}) });
  return { moved, empty };
};

const dueOf = (acts, at) => {
  const kept = acts.filter(({ state }) => state === "kept");
  const isWaiting = kept.some(({ waitsUntil }) => waitsUntil > at);
  const held = acts.filter(({ state, askAt }) => state === "trouble" && askAt <= at);
  return { holds: kept.length, due: [...(isWaiting ? [] : kept), ...held].slice(0, BATCH_MAX) };
};

/** Who may hand in nothing, and has nothing, need not read that. */
const heardOf = async (error, phone, isIdle) => {
  if (!isIdle || !(error instanceof Refused)) throw error;
  await store.heard(phone.person, { contactAt: Date.now() });
  return { moved: 0, empty: false };
};

const sendAll = async (phone) => {
  for (;;) {
    const { holds, due } = dueOf(await store.actsOf(phone.person), Date.now());
    const isIdle = !due.length;
    if (isIdle && (holds || Date.now() - (phone.contactAt ?? 0) < CONTACT)) return {};
    const { moved, empty } = await sendBatch(phone, due, holds).catch((error) => heardOf(error, phone, isIdle));
    if (empty && await store.empty(phone.person)) {
      await asked("/session", { method: "DELETE" }).catch(() => {}); // a phone that was signed out is signed in nowhere
      return { isEmptied: true };
    }
    if (isIdle || !moved) return {};
  }
};

const channel = () => new BroadcastChannel(LOCK);

/** Tells every tab that something has changed on this phone. */
export const tell = (outcome = {}) => {
  const open = channel();
  open.postMessage(outcome);
  open.close();
};
export const hear = (listen) => channel().addEventListener("message", ({ data }) => listen(data));

/** What became of a try: `left` to be sent, `signIn` needed, `said` why all was refused, `isOffline`, `isEmptied`. */
const tried = async () => {
  const outcome = {};
  try {
    const phone = await signedIn();
    Object.assign(outcome, await sendAll(phone));
    if (!outcome.isEmptied) await readPocket(phone.person);
  } catch (error) {
    if (error instanceof SignInNeeded) outcome.signIn = true;
    else if (error instanceof Refused) outcome.said = error.message;
    else outcome.isOffline = true;
    if (!(error instanceof Unanswered || error instanceof SignInNeeded || error instanceof Refused)) outcome.broken = String(error);
  }
  const phone = await store.whose();
  const kept = phone ? (await store.actsOf(phone.person)).filter(({ state }) => state === "kept") : [];
  outcome.left = kept.length;
  outcome.until = Math.max(0, ...kept.map(({ waitsUntil }) => waitsUntil ?? 0));
  tell(outcome);
  return outcome;
};

/** Sends what waits, unless another tab is about it (`isBusy`). */
export const send = async () => {
  if (!navigator.locks) return tried();
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? tried() : { isBusy: true, left: 0 }));
};

const SOON = 5000;
const SELDOM = 300_000;
const FRESH = 300_000; // milliseconds that the list may be old where nobody asks for a newer one
let timer;
let failures = 0;

/** Sends now, and again as long as something is left: later and later, and not all phones at once. */
export const sendSoon = async () => {
  clearTimeout(timer);
  const { left, until, isOffline, isBusy } = await send();
  const isDone = !left && !isOffline && !isBusy;
  if (!isBusy) failures = isDone ? 0 : failures + 1;
  const pause = (isBusy ? SOON : Math.min(SELDOM, SOON * 2 ** Math.min(failures, 10))) * (0.5 + Math.random());
  if (!isDone) timer = setTimeout(sendSoon, Math.max(pause, (until ?? 0) - Date.now()));
};

/** The same, unless nothing waits and the list is as good as new. */
export const sendIfDue = async () => {
  const phone = await store.whose();
  const list = phone && await store.pocketOf(phone.person);
  const { due } = phone ? dueOf(await store.actsOf(phone.person), Date.now()) : { due: [] };
  if (due.length || !list || Date.now() - list.at > FRESH) await sendSoon();
};

/** Sends whenever there may be a network again; `first` is what begins with it. */
export const keepSending = (first = sendIfDue) => {
  addEventListener("online", () => {
    failures = 0;
    sendSoon();
  });
  document.addEventListener("visibilitychange", () => document.hidden || sendIfDue());
  return first();
};

/** Keeps an act, and says so only when the disk has it; then it is sent as soon as that is possible. */
export const act = async (person, what, photos = [], draft = null) => {
  const kept = await store.keepAct(person, { id: newId(), ...now(), ...what }, photos, draft);
  tell({ kept: kept.id });
  sendSoon();
  navigator.serviceWorker?.ready.then(({ sync }) => sync?.register("queue")).catch(() => {});
  return kept;
};
