// The camera over a `[data-scanner]`: loaded when somebody starts it, or takes a photo where there is no camera.

/** Reads with the browser's own reader, where it has one that knows QR. */
const native = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector();
  return async (picture) => (await detector.detect(picture)).map(({ rawValue, boundingBox }) => ({ text: rawValue, box: boundingBox }));
};

/** Reads in a worker with zxing-wasm, so that the page stays at hand; one picture at a time. */
const ours = ({ reader, library, wasm }) => {
  const worker = new Worker(reader);
  worker.postMessage({ library, wasm });
  return (picture) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data.found));
      worker.onerror = () => reject(new Error("worker"));
      createImageBitmap(picture).then((bitmap) => worker.postMessage({ bitmap }, [bitmap]), reject);
    });
};

let reading;

/** The texts in a picture, the one nearest to its middle first. */
const read = async (picture, { width, height }, data) => {
  reading ??= native().then((own) => own ?? ours(data));
  const found = await reading.then((reader) => reader(picture)).catch((error) => {
    reading = null; // a library that could not be fetched is fetched again
    throw error;
  });
  const off = ({ box }) => (box ? Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2) : 0);
  return found.filter(({ text }) => text).sort((one, other) => off(one) - off(other)).map(({ text }) => text.trim());
};

const SAME_READ = 3000; // milliseconds in which a label still in the picture is not told of again

export const over = (section, say, take) => {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const [start, stopping, light, zoom, video] = ["start", "stop", "light", "zoom", "video"].map(find);
  const { refused, broken, looking, nothing } = section.dataset;
  const seen = new Map(); // text: until when it is not told of again
  let [stream, awake, sound] = [];

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    awake?.release().catch(() => {});
    awake = null;
    video.hidden = stopping.hidden = light.hidden = zoom.hidden = true;
    start.hidden = false;
  };

  /** Says by a beep and a vibration whether a read counts. */
  const tell = (isGood) => {
    navigator.vibrate?.(isGood ? 80 : [60, 60, 60]);
    if (!sound) return;
    const [tone, loudness] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = isGood ? 1320 : 220;
    loudness.gain.value = 0.08;
    tone.connect(loudness).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.09);
  };

  const controls = (track) => {
    const can = track.getCapabilities?.() ?? {};
    const apply = (setting) => track.applyConstraints({ advanced: [setting] });
    light.hidden = !can.torch;
    light.onclick = () => {
      const torch = light.getAttribute("aria-pressed") !== "true";
      apply({ torch }).then(() => light.setAttribute("aria-pressed", torch), () => {});
    };
    zoom.hidden = !can.zoom;
    if (!can.zoom) return;
    const range = zoom.querySelector("input");
    [range.min, range.max, range.step, range.value] = [can.zoom.min, can.zoom.max, can.zoom.step || 0.1, track.getSettings().zoom ?? can.zoom.min];
    range.oninput = () => apply({ zoom: Number(range.value) }).catch(() => {});
  };

  const look = async (mine) => {
    while (stream === mine) {
      await new Promise(requestAnimationFrame);
      if (stream !== mine || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
      const texts = await read(video, { width: video.videoWidth, height: video.videoHeight }, section.dataset);
      if (stream !== mine) return;
      const fresh = texts.filter((text) => (seen.get(text) ?? 0) < Date.now());
      for (const text of texts) seen.set(text, Date.now() + SAME_READ);
      if (fresh.length) take(fresh);
    }
  };

  const stayAwake = () => navigator.wakeLock?.request("screen").then((lock) => (stream ? (awake = lock) : lock.release()), () => {});

  /** Starts the camera; false where there is none to be had. It runs until `stop`. */
  const begin = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } } });
    } catch {
      say(refused, "warn");
      return false;
    }
    video.srcObject = stream;
    video.hidden = stopping.hidden = false;
    stopping.focus();
    controls(stream.getVideoTracks()[0]);
    sound ??= "AudioContext" in window ? new AudioContext() : null;
    stayAwake();
    video.play().then(() => look(stream)).catch(() => {
      if (!stream) return;
      stop();
      say(broken, "warn");
    });
    return true;
  };

  const readPhoto = async (file) => {
    say(looking);
    try {
      const bitmap = await createImageBitmap(file);
      const texts = await read(bitmap, bitmap, section.dataset);
      if (texts.length) take(texts);
      else say(nothing, "warn");
    } catch {
      say(nothing, "warn");
    }
  };

  stopping.addEventListener("click", () => {
    stop();
    start.focus();
  });
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => { // a phone lets the screen sleep again once the page was hidden
    if (stream && !document.hidden) stayAwake();
  });
  return { begin, stop, tell, readPhoto, forget: () => seen.clear() };
};
