// The queue as a file, for a phone that finds no network: sealed with the key that the centre gave this phone, so that whoever carries it can
// neither read nor change it. The acts stay on the phone until the centre names them.

import * as store from "./pocket-store.js";
import { SCHEMA, wire } from "./queue.js";

const FORMAT = "phone-queue-1";
const NONCE_BYTES = 12;
const CHUNK = 32_768; // bytes that one call turns into text

const plain = new TextEncoder();

const base64 = (buffer) => {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
};

const photosOf = async (person, acts) => {
  const photos = {};
  for (const sha256 of new Set(acts.flatMap((act) => act.photos))) {
    const photo = await store.photoOf(person, sha256);
    if (photo) photos[sha256] = base64(photo.bytes);
  }
  return photos;
};

const keyOf = (phone) => {
  const bytes = Uint8Array.from(atob(phone.key), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
};

/** The file with all that is not sent; null where the centre has given this phone no key yet. */
export const sealedQueue = async (phone) => {
  if (!phone?.key) return null;
  const acts = (await store.actsOf(phone.person)).filter(({ state }) => state === "kept");
  const queue = { person: phone.person, schema: SCHEMA, actions: acts.map(wire), photos: await photosOf(phone.person, acts) };
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const additionalData = plain.encode(`${FORMAT}/${phone.id}`);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, await keyOf(phone), plain.encode(JSON.stringify(queue)));
  const file = JSON.stringify({ format: FORMAT, phone: phone.id, nonce: base64(iv), sealed: base64(sealed) });
  return new File([file], `antrean-${new Date().toISOString().slice(0, 10)}.ppid`, { type: "application/json" });
};

/** Saves it where the browser saves files; false where there is no key yet. */
export const saveQueue = async (phone) => {
  const file = await sealedQueue(phone);
  if (!file) return false;
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
};
