// What is typed into a form is kept on this device until it was sent: a network that goes takes nothing along.
// Without this file the form is an ordinary one.

const AGE_MAX = 7 * 24 * 3600 * 1000;
const PATIENCE = 8000;
const form = document.querySelector("form[data-draft]");

const place = (name) => `draft:${name}`;
const forget = (name) => localStorage.removeItem(place(name));

/** The page after a form that was taken names the draft that is done with. */
for (const done of document.querySelectorAll("script[data-sent]")) {
  if (document.querySelector("main > .notice.good")) forget(done.dataset.sent);
}

/** Every field with something in it, as text; what the server put there itself (hidden) is not ours to keep. */
const typed = () => [...form.elements]
  .filter((field) => field.name && field.type !== "hidden" && field.type !== "file" && field.tagName !== "BUTTON")
  .filter((field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value))
  .map((field) => [field.name, field.value]);

const keep = () => {
  const fields = typed();
  if (fields.length) localStorage.setItem(place(form.dataset.draft), JSON.stringify({ at: Date.now(), fields }));
};

const restore = () => {
  const kept = JSON.parse(localStorage.getItem(place(form.dataset.draft)) ?? "null");
  if (!kept || Date.now() - kept.at > AGE_MAX) return forget(form.dataset.draft);
  for (const [name, value] of kept.fields) {
    const field = form.elements.namedItem(name);
    if (!field) continue; // confirmed in the meantime
    if (field instanceof RadioNodeList) {
      if (!field.value) field.value = value;
    } else if (!field.value) field.value = value;
  }
  form.dispatchEvent(new CustomEvent("restored"));
};

const unsent = form?.querySelector("[data-unsent]");

/** Whether the server answers at all; a connection that is slow is one. */
const isReached = async () => {
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok;
  } catch {
    return false;
  }
};

let pressed; // the button whose sending waits
let isSure = false;

const send = async () => {
  unsent.hidden = await isReached();
  form.removeAttribute("aria-busy");
  pressed?.removeAttribute("aria-busy");
  if (!unsent.hidden) return unsent.scrollIntoView({ block: "center" });
  isSure = true;
  form.requestSubmit(pressed);
  isSure = false;
};

if (form && unsent) {
  if (form.querySelector("textarea, input:not([type=hidden])")) {
    restore();
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  }
  form.addEventListener("submit", (event) => {
    pressed = event.submitter;
    if (isSure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send();
  });
  form.querySelector("[data-send-again]").addEventListener("click", send);
  addEventListener("online", () => unsent.hidden || send());
}
