// The receipt of a visit: what is read is a draft on this phone, and becomes one act when its person confirms it.

import { draftOf, dropDraft, keepDraft } from "./pocket-store.js";
import { newId } from "./queue.js";
import { keep } from "./shell-forms.js";
import { state } from "./shell-state.js";
import { find, grouped, part, say } from "./shell-words.js";

const form = find("form[data-act=receipt]");
const codes = find("#f-codes");
const lines = find("[data-lines]");
let shipment = null;
let draft = null;

const boxes = () => [...lines.querySelectorAll("[data-code]")];
const boxOf = (code) => boxes().find((box) => box.dataset.code === code);
const extras = () => codes.value.split("\n").map((line) => line.trim()).filter(Boolean);

const mark = (box, isRead) => {
  box.checked = isRead;
  find("[data-slot=state]", box.closest("li")).textContent = say(isRead ? "line_read" : "line_open");
};

const save = () => {
  if (!draft) return Promise.resolve();
  Object.assign(draft, { read: boxes().filter((box) => box.checked).map((box) => box.dataset.code), extras: extras() });
  return keepDraft(state.phone.person, shipment.id, draft);
};

/** The line of the shipment that a read is on. */
const lineOf = (text) => {
  const found = state.pocket.find(text).find(({ shipment: on }) => on === shipment.id);
  return found && { device: found, box: boxOf(found.code) };
};

codes.addEventListener("read", (event) => {
  event.preventDefault();
  const { text } = event.detail;
  const line = lineOf(text);
  if (line) {
    mark(line.box, true);
    event.detail.outcome = { good: true, what: `${line.device.model} · ${grouped(line.device.code)}`, why: say("line_read"), keep: "", same: line.device.code };
  } else event.detail.outcome = { good: false, tone: "warn", what: text, why: say("extra"), keep: text };
  queueMicrotask(save);
});
codes.addEventListener("unread", (event) => {
  const line = lineOf(event.detail.text);
  if (line) mark(line.box, false);
  save();
});
codes.addEventListener("input", save);
lines.addEventListener("change", ({ target }) => {
  mark(target, target.checked);
  save();
});

const showLines = () => lines.replaceChildren(...shipment.devices.map(({ code, model }) => {
  const made = part("line", { model, code: grouped(code) });
  const box = find("[data-code]", made);
  box.dataset.code = code;
  return made;
}));

/** What was typed and is on a line counts as read. */
const said = () => {
  for (const text of extras()) {
    const line = lineOf(text);
    if (line) mark(line.box, true);
  }
  const known = boxes().filter((box) => box.checked).map((box) => box.dataset.code);
  return [...known, ...extras().filter((text) => !lineOf(text)).map((text) => /\/d\/([^/?#]+)/i.exec(text)?.[1].split(".")[0] ?? text)];
};

export const offerReceipt = async (about, after) => {
  shipment = about;
  codes.value = "";
  showLines();
  const fresh = { visit: newId(), base_version: about.version, read: [], extras: [] };
  draft = await draftOf(state.phone.person, about.id) ?? fresh;
  for (const box of boxes()) mark(box, draft.read.includes(box.dataset.code));
  codes.value = draft.extras.map((text) => `${text}\n`).join("");
  form.onsubmit = async (event) => {
    event.preventDefault();
    const read = said();
    if (!read.length || !draft) return;
    const { visit, base_version } = draft;
    const payload = { lines: read.map((device) => ({ device, outcome: "received" })) };
    const what = { type: "receipt", shipment: about.id, visit, base_version, payload, about: `${about.number} · ${read.length}` };
    if (!await keep(what, [], about.id)) return;
    draft = null;
    after();
  };
  find("[data-drop]").onclick = async () => {
    draft = null;
    await dropDraft(state.phone.person, about.id);
    after();
  };
};
