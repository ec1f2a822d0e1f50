// "Ready for a journey?": each thing that work without network needs, green, or what to do about it.

import { persistedStore, roomLeft } from "./storage.js";
import { state } from "./shell-state.js";
import { ago, find, part, say } from "./shell-words.js";

const DAY = 86_400_000;
const ROOM_MIN = 100_000_000;
const AHEAD_MAX = 120_000;
const TEST_LABEL = "UJI LABEL";

let prompt; // the browser's own offer to install
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
});

let cameraReads = false;

/** By how much this clock is ahead of the centre's: asked now, or as it was last heard. */
const aheadMs = async () => {
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    return Date.now() - Date.parse(answer.headers.get("date"));
  } catch {
    return state.phone?.aheadMs ?? NaN;
  }
};

const CHECKS = {
  installed: () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true,
  worker: async () => Boolean(navigator.serviceWorker?.controller) && (await caches.keys()).some((name) => name.startsWith("shell-")),
  list: () => Boolean(state.pocket) && Date.now() - state.pocket.at < DAY && ago(state.pocket.at),
  sent: () => !state.acts.some((act) => act.state === "kept"),
  persisted: persistedStore,
  space: async () => {
    const room = await roomLeft();
    return room > ROOM_MIN && (Number.isFinite(room) ? `${Math.round(room / 1e6)} MB` : true);
  },
  clock: async () => {
    const ahead = await aheadMs();
    return Math.abs(ahead) < AHEAD_MAX && `${ahead < 0 ? "−" : "+"}${Math.round(Math.abs(ahead) / 1000)} s`;
  },
  camera: () => cameraReads,
};

/** A picture of a label, which the phone's own reader must read as it would one from the camera. */
const testPicture = async () => {
  const drawn = new XMLSerializer().serializeToString(find("[data-test-label] svg"));
  const picture = Object.assign(new Image(400, 400), { src: URL.createObjectURL(new Blob([drawn], { type: "image/svg+xml" })) });
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white";
  paper.fillRect(0, 0, 400, 400);
  paper.drawImage(picture, 20, 20, 360, 360);
  return new Promise((made) => canvas.toBlob(made));
};

const tryCamera = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  for (const track of stream.getTracks()) track.stop();
  const section = find("[data-scanner]");
  const { over } = await import(section.dataset.camera);
  const read = [];
  await over(section, () => {}, (texts) => read.push(...texts)).readPhoto(await testPicture());
  cameraReads = read.includes(TEST_LABEL);
};

const DO = {
  installed: () => prompt?.prompt(),
  persisted: () => navigator.storage?.persist?.(),
  camera: tryCamera,
};
const CAN_DO = { installed: () => Boolean(prompt), persisted: () => Boolean(navigator.storage?.persist), camera: () => Boolean(navigator.mediaDevices?.getUserMedia) };

const show = async (row) => {
  const { check } = row.dataset;
  const verdict = await Promise.resolve(CHECKS[check]()).catch(() => false);
  row.dataset.ready = Boolean(verdict);
  const badge = find("[data-verdict]", row);
  badge.className = `badge ${verdict ? "good" : "warn"}`;
  badge.textContent = say(verdict ? "yes" : "no");
  find("[data-more]", row).textContent = typeof verdict === "string" ? verdict : "";
  find("[data-todo]", row).hidden = Boolean(verdict);
  const button = find("[data-do]", row);
  if (!button) return;
  button.hidden = Boolean(verdict) || !CAN_DO[check]();
  button.onclick = async () => {
    button.setAttribute("aria-busy", "true");
    await Promise.resolve(DO[check]()).catch(() => {}); // what to do about it stands beside it
    button.removeAttribute("aria-busy");
    await show(row);
  };
};

export const showReady = async () => {
  const list = find("[data-checks]");
  if (!list.children.length) list.append(part("checks"));
  await Promise.all([...list.children].map(show));
};
