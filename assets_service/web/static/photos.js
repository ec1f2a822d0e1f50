// Comfort only: a photo is made smaller before it goes over a slow line. Where a browser cannot, it goes as it is.

const SIDE_MAX = 2000; // pixels, as the server keeps it
const QUALITY = 0.82;
const SMALL_ENOUGH = 400_000; // bytes

/** The photo as a JPEG of at most `SIDE_MAX` a side, upright; or itself where that is not smaller, or cannot be made. */
const shrunk = async (file) => {
  if (file.size <= SMALL_ENOUGH || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE_MAX / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(whole.width * scale));
    canvas.height = Math.max(1, Math.round(whole.height * scale));
    const paper = canvas.getContext("2d");
    paper.fillStyle = "white"; // behind what is transparent
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.imageSmoothingQuality = "high";
    paper.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    const small = await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY));
    if (!small || small.size >= file.size) return file;
    return new File([small], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
};

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
