// The forms of the shell: what somebody fills in becomes one act, which the screen calls kept once the disk has it.

import { act } from "./queue.js";
import { within } from "./shrinking.js";
import { state } from "./shell-state.js";
import { keepStore, roomLeft } from "./storage.js";
import { find, grouped, part, say, shell } from "./shell-words.js";

const PHOTOS_MAX = 3;
const PHOTO_BYTES_MAX = 300_000;
const ROOM_MIN = 20_000_000; // bytes
const photos = new WeakMap(); // of each form

const notices = find("[data-notices]");
const unsaid = (name) => find(`[data-about-it="${name}"]`, notices)?.remove();

/** Says a sentence on top of the page, once; `text` is one that the centre said. */
export const notify = (name, tone = "info", facts = {}, text = say(name, facts)) => {
  const made = part("notice", { text });
  made.firstElementChild.classList.add(tone);
  made.firstElementChild.dataset.aboutIt = name;
  unsaid(name);
  notices.append(made);
};
export const forget = (...names) => names.forEach(unsaid);

const hexOf = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const readPhoto = async (file) => {
  const small = await within(file, PHOTO_BYTES_MAX);
  const bytes = await small.arrayBuffer();
  return { bytes, sha256: hexOf(await crypto.subtle.digest("SHA-256", bytes)) };
};

const showThumbs = (form) => {
  const pictures = (photos.get(form) ?? []).map(({ bytes }, place) => {
    const picture = Object.assign(new Image(88, 88), { src: URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })), alt: `${place + 1}` });
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    return picture;
  });
  find("[data-thumbs]", form)?.replaceChildren(...pictures);
};

const addPhotos = async (form, input) => {
  form.setAttribute("aria-busy", "true");
  const taken = photos.get(form) ?? [];
  for (const file of input.files) {
    if (taken.length >= PHOTOS_MAX) {
      notify("photos_max", "warn");
      break;
    }
    const photo = await readPhoto(file).catch(() => notify("photo_bad", "bad")); // one after the other: each is large in memory
    if (photo && !taken.some(({ sha256 }) => sha256 === photo.sha256)) taken.push(photo);
  }
  input.value = "";
  photos.set(form, taken);
  showThumbs(form);
  form.removeAttribute("aria-busy");
};

const yesOrNo = (value) => (value ? value === "true" : undefined);
const text = (value) => value?.trim() || undefined;

const PAYLOADS = {
  check: (data) => ({ condition: data.condition, note: text(data.note), identity_matches: yesOrNo(data.identity_matches), label_present: yesOrNo(data.label_present) }),
  holder: (data) => ({ person: Number(data.person), note: text(data.note) }),
  attach_label: (_, { code }) => (state.scanned?.code === code ? { scanned: state.scanned.text } : {}),
  arrival: (data) => ({ seal_intact: data.seal_intact === "true", brought_by: text(data.brought_by), note: text(data.note) }),
};

/** Says that it is kept only once it is; `false` where it could not be. */
export const keep = async (what, files = [], draft = null) => {
  try {
    await act(state.phone.person, what, files, draft);
  } catch (error) {
    notify("full", "bad");
    console.warn(error);
    return false;
  }
  notices.replaceChildren();
  notify("is_kept", "good");
  if (await roomLeft() < ROOM_MIN) notify("nearly_full", "warn");
  else if (!await keepStore()) notify("not_persisted", "warn");
  return true;
};

/** Which device or shipment a form is about, and what it says. */
const whatOf = (form, about) => {
  const type = form.dataset.act;
  const data = Object.fromEntries(new FormData(form));
  const what = { type, payload: JSON.parse(JSON.stringify(PAYLOADS[type](data, about))), base_version: about.version };
  if (about.devices) return { ...what, shipment: about.id, about: about.number };
  return { ...what, device: about.code, about: `${grouped(about.code)} · ${about.model}` };
};

let underWay = false;

const submit = async (form, about, after) => {
  if (underWay || form.getAttribute("aria-busy") === "true") return;
  underWay = true;
  const isKept = await keep(whatOf(form, about), photos.get(form) ?? []);
  underWay = false;
  if (isKept) after();
};

/** The form, empty, about this device or shipment; `after`: where one goes when it is kept. */
export const offer = (form, about, after) => {
  form.reset();
  photos.delete(form);
  showThumbs(form);
  form.onsubmit = (event) => {
    event.preventDefault();
    submit(form, about, after);
  };
};

for (const input of shell.querySelectorAll("[data-photos]")) input.addEventListener("change", () => addPhotos(input.form, input));

// Damage needs a word about it.
for (const form of shell.querySelectorAll("form[data-act=check]")) {
  form.addEventListener("change", () => {
    form.elements.note.required = ["light", "heavy"].includes(form.elements.condition.value);
  });
}
