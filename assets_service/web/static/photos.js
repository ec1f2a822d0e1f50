// Comfort only: a photo is made smaller before it goes over a slow line. Where a browser cannot, it goes as it is.

import { shrunk } from "./shrinking.js";

const underWay = new Set();
const ready = new WeakSet(); // inputs whose photos are small: their change is for others to hear

const shrinkAll = async (input) => {
  const chosen = input.files;
  const files = [];
  for (const file of chosen) files.push(await shrunk(file)); // one after the other: each is large in memory
  if (input.files !== chosen) return; // others were chosen meanwhile
  const kept = new DataTransfer();
  for (const file of files) kept.items.add(file);
  input.files = kept.files;
  ready.add(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-shrink]") || ready.delete(input)) return;
  event.stopImmediatePropagation();
  const work = shrinkAll(input).finally(() => underWay.delete(work));
  underWay.add(work);
}, true);

/** Who is faster than the work waits for it; the form is sent when it is done. */
document.addEventListener("submit", (event) => {
  if (!underWay.size) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  target.setAttribute("aria-busy", "true");
  Promise.all(underWay).then(() => {
    target.removeAttribute("aria-busy");
    target.requestSubmit(submitter);
  });
}, true);
