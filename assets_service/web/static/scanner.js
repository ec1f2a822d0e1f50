// Comfort only: without this file the code is typed, or a scanner gun types it. Reads labels with the phone's camera;
// where there is none (plain http, refused, none there), out of a photo. What is read is only ever looked up here.

const scanner = document.querySelector("[data-scanner]");
const { reader, library, wasm } = scanner.dataset;
const field = document.querySelector("input[data-scan]");
const find = (name) => scanner.querySelector(`[data-${name}]`);
const [start, stop, light, video, said] = ["start", "stop", "light", "video", "said"].map(find);
const photo = find("photo");
const AGAIN = 3000; // milliseconds in which a label still in the picture is not told of again

const say = (sentence) => {
  said.textContent = sentence;

};

/** Whether it may be looked up: an address of a label of ours, or a number on a device or its box. */
const isOurs = (text) => {
  if (text.length > field.maxLength) return false;
  try {
    const { host, pathname, protocol } = new URL(text);
    return /^https?:$/.test(protocol) && host === location.host && /^\/d\/[^/]+$/i.test(pathname);
  } catch {
    return /^[0-9a-z][0-9a-z .\-]*$/i.test(text);
  }
};

/** Reads with the browser's own reader. */
const native = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector();
  return async (picture) => (await detector.detect(picture)).map(({ rawValue }) => rawValue);
};

/** Reads in a worker, so that the page stays at hand; one picture at a time. */
const ours = () => {
  const worker = new Worker(reader);
  worker.postMessage({ library, wasm });
  return (picture) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data.texts));
      worker.onerror = () => reject(new Error("worker"));
      createImageBitmap(picture).then((bitmap) => worker.postMessage({ bitmap }, [bitmap]), reject);
    });
};

let reading;
const read = async (picture) => (await (reading ??= native().then((own) => own ?? ours())))(picture);

/** Takes what may be looked up to its device; says of anything else that it is foreign, and opens nothing. */
const take = (texts) => {
  const text = texts.map((one) => one.trim()).find(isOurs);
  if (!text) {
    say(scanner.dataset.foreign);
    return false;
  }
  navigator.vibrate?.(80);
  say(scanner.dataset.found);
  field.value = text;
  field.form.requestSubmit();
  return true;
};

let stream, awake;
const end = () => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  awake?.release().catch(() => {});
  awake = null;
  video.hidden = stop.hidden = light.hidden = true;
  start.hidden = false;
};

const withPhoto = (sentence) => {
  end();
  start.hidden = true;
  photo.hidden = false;
  say(sentence);
};

const look = async (mine) => {
  let [last, until] = ["", 0];
  while (stream === mine) {
    await new Promise(requestAnimationFrame);
    if (stream !== mine || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
    const texts = (await read(video)).filter(Boolean);
    const all = texts.join("\n");
    if (stream !== mine || !all || (all === last && Date.now() < until)) continue;
    [last, until] = [all, Date.now() + AGAIN];
    if (take(texts)) return end();
  }
};

const begin = async () => {
  start.hidden = true;
  say("");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    return withPhoto(scanner.dataset.refused);
  }
  video.srcObject = stream;
  video.hidden = stop.hidden = false;
  stop.focus();
  const [track] = stream.getVideoTracks();
  light.hidden = !track.getCapabilities?.().torch;
  light.onclick = () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    track.applyConstraints({ advanced: [{ torch: on }] }).then(() => light.setAttribute("aria-pressed", on), () => {});
  };
  navigator.wakeLock?.request("screen").then((lock) => (stream ? (awake = lock) : lock.release()), () => {});
  try {
    await video.play();
    await look(stream);
  } catch {
    if (stream) withPhoto(scanner.dataset.broken);
  }
};

start.addEventListener("click", begin);
stop.addEventListener("click", () => {
  end();
  start.focus();
});
addEventListener("pagehide", end);
photo.querySelector("input").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  say(scanner.dataset.looking);
  try {
    const texts = (await read(await createImageBitmap(file))).filter(Boolean);
    if (texts.length) take(texts);
    else say(scanner.dataset.nothing);
  } catch {
    say(scanner.dataset.nothing);
  }
  target.value = "";
});

scanner.hidden = false;
if (!navigator.mediaDevices?.getUserMedia) withPhoto("");
