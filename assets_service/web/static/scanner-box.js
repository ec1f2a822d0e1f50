// Comfort only: reads a maker's box (serial number, IMEIs) into the form that registers a device. Nothing is filled in unseen, nothing is sent.

const box = document.querySelector("[data-box]");
const { match, script, shapes } = document.querySelector("[data-scanner]").dataset;
const [{ isImei }, { matched }] = await Promise.all([import(shapes), import(script)]);
const field = (name) => document.getElementById(`f-${name}`);
const fill = box.querySelector("[data-fill]");
const proposed = box.querySelector("[data-proposed]");
const SLOTS = ["imei1", "imei2"];
const read = new Map(); // the field's name: what the box says
let like = null;

const named = (name) => document.querySelector(`label[for=f-${name}]`).firstChild.textContent.trim();
const isSerial = (text) => /^[0-9A-Z][0-9A-Z\-/]{5,24}$/i.test(text) && /\d/.test(text) && /[A-Z]/i.test(text);
const bare = (text) => text.replace(/^(?:s\/?n|serial(?: no)?|imei ?[12]?)[:. ]+/i, "").trim();

const show = () => {
  fill.hidden = !read.size;
  proposed.textContent = like && read.size ? box.dataset.like.replace("{model}", `${like.brand} ${like.model}`) : "";
};

/** What is registered with such an IMEI: this very device, or others of its type. */
const compare = async (imei) => {
  const { code, brand, model } = await matched(match, imei).then((piece) => piece.dataset, () => ({}));
  if (code) proposed.textContent = box.dataset.registered.replace("{code}", code);
  else if (brand) {
    like = { brand, model };
    show();
  }
};

const placeOf = (text) => {
  const free = isImei(text) ? SLOTS.find((slot) => !read.has(slot)) : isSerial(text) && !read.has("serial") ? "serial" : null;
  return [...read.values()].includes(text) ? null : free;
};

field("serial").addEventListener("read", (event) => {
  event.preventDefault();
  const text = bare(event.detail.text);
  const place = placeOf(text);
  event.detail.outcome = place ? { good: true, what: `${named(place)} · ${text}`, keep: "", same: text } : { good: false, what: text, why: box.dataset.neither, keep: "" };
  if (!place) return;
  read.set(place, text);
  if (place !== "serial") compare(text);
  show();
});

field("serial").addEventListener("unread", ({ detail: { text } }) => {
  for (const [name, said] of read)
    if (said === bare(text)) read.delete(name);
  show();
});

fill.addEventListener("click", () => {
  for (const [name, text] of read) field(name).value = text;
  for (const name of ["brand", "model"])
    if (like && !field(name).value) field(name).value = like[name];
  const next = [...fill.form.elements].find((one) => one.required && !one.value) ?? field("serial");
  next.focus();
});
