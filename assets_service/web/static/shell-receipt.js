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
let saving = Promise.resolve();

const boxes = () => [...lines.querySelectorAll("[data-code]")];
const typed = () => codes.value.split("\n").map((line) => line.trim()).filter(Boolean);
const codeIn = (text) => /\/d\/([^/?#]+)/i.exec(text)?.[1].split(".")[0] ?? text;

const show = () => {
  for (const box of boxes()) {
    box.checked = draft.read.includes(box.dataset.code);
    find("[data-slot=state]", box.closest("li")).textContent = say(box.checked ? "line_read" : "line_open");
  }
};

/** Changes the draft, one change after the other; the lines show it once the disk has it. */
const amend = (facts) => {
  if (!draft) return saving;
  draft = { ...draft, ...facts };
  const [of, what] = [shipment.id, draft];
  saving = saving.then(() => keepDraft(state.phone.person, of, what)).then(() => what === draft && show());
  return saving;
};
const change = (code, isRead) => {
  const others = draft?.read.filter((each) => each !== code);
  return amend({ read: isRead ? [...others, code] : others, extras: typed() });
};

/** What differs on a line, in the words of whoever opened the box. What is not in the box was not read. */
const differ = (line) => {
  const { code } = find("[data-code]", line).dataset;
  const [what, note] = ["[data-what]", "[data-note]"].map((field) => find(field, line));
  note.required = Boolean(what.value);
  const differs = { ...draft?.differs, [code]: { what: what.value, note: note.value } };
  return amend({ differs, read: what.value === "short" ? draft?.read.filter((each) => each !== code) : draft?.read });
};

const showDifferences = () => {
  for (const box of boxes()) {
    const line = box.closest("li");
    const { what = "", note = "" } = draft.differs?.[box.dataset.code] ?? {};
    Object.assign(find("[data-what]", line), { value: what });
    Object.assign(find("[data-note]", line), { value: note, required: Boolean(what) });
    find("details", line).open = Boolean(what);
  }
};

/** The device of this shipment that a read names. */
const deviceOf = (text) => state.pocket.find(text).find(({ shipment: on }) => on === shipment.id);

codes.addEventListener("read", (event) => {
  event.preventDefault();
  const { text } = event.detail;
  const device = deviceOf(text);
  if (device) {
    change(device.code, true);
    event.detail.outcome = { good: true, what: `${device.model} · ${grouped(device.code)}`, why: say("line_read"), keep: "", same: device.code };
  } else event.detail.outcome = { good: false, tone: "warn", what: text, why: say("extra"), keep: text };
});
codes.addEventListener("unread", ({ detail: { text } }) => change(deviceOf(text)?.code, false));
codes.addEventListener("input", () => change(null, false));
lines.addEventListener("change", ({ target }) => (target.dataset.code ? change(target.dataset.code, target.checked) : differ(target.closest("li"))));
lines.addEventListener("input", ({ target }) => target.matches("[data-note]") && differ(target.closest("li")));

const showLines = () => lines.replaceChildren(...shipment.devices.map(({ code, model }) => {
  const made = part("line", { model, code: grouped(code) });
  find("[data-code]", made).dataset.code = code;
  return made;
}));

/** What a line of the receipt says of a device that differs. */
const OUTCOMES = {
  short: { outcome: "short" },
  declined: { outcome: "declined" },
  light: { outcome: "received", condition: "light" },
  heavy: { outcome: "received", condition: "heavy" },
};

/** What was read, with what was typed and never ended, and what differs; of those on no line as they were read. */
const said = () => {
  const known = typed().map((text) => deviceOf(text)?.code ?? codeIn(text));
  const differs = Object.entries(draft.differs ?? {}).filter(([, { what }]) => what);
  const differing = new Map(differs.map(([device, { what, note }]) => [device, { device, ...OUTCOMES[what], note: note.trim() }]));
  const plain = new Set([...draft.read, ...known].filter((device) => !differing.has(device)));
  return [...[...plain].map((device) => ({ device, outcome: "received" })), ...differing.values()];
};

const confirm = async (after) => {
  await saving;
  const read = draft ? said() : [];
  if (!read.length) return codes.focus();
  const { visit, base_version } = draft;
  const payload = { lines: read };
  const what = { type: "receipt", shipment: shipment.id, visit, base_version, payload, about: `${shipment.number} · ${read.length}` };
  if (!await keep(what, [], shipment.id)) return;
  draft = null;
  after();
};

export const offerReceipt = async (about, after) => {
  shipment = about;
  showLines();
  draft = await draftOf(state.phone.person, about.id) ?? { visit: newId(), base_version: about.version, read: [], extras: [] };
  showDifferences();
  codes.value = draft.extras.map((text) => `${text}\n`).join("");
  show();
  form.onsubmit = (event) => {
    event.preventDefault();
    confirm(after);
  };
  find("[data-drop]").onclick = async () => {
    draft = null;
    await saving;
    await dropDraft(state.phone.person, about.id);
    after();
  };
};
