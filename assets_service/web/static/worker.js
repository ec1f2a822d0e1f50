// The service worker: keeps the shell at hand, and shows it where the network gives no page. `KEPT`, which `/sw.js` puts before this, names
// what it keeps; its version is the hash of all that. What a person did is not its business: that lies in the phone's own store.

import { send } from "./queue.js";

const NAME = `shell-${KEPT.version}`;
const ABOUT = "about-this-phone";
const PATIENCE = 4000; // milliseconds until the shell comes instead of a page; who asks again for the same page waits longer
const LONG_PATIENCE = 30_000;
const SHELL = /^\/(?:siap|pindai\/luring(?:\/(id|en))?)$/;
const FILES = new Set(KEPT.files);
const LATER = new Set(KEPT.later);

/** From an older version what has not changed, from the network the rest; never with anybody's cookie. */
const keep = async (cache, address) => {
  const before = await caches.match(address);
  const answer = before ?? await fetch(address, { credentials: "omit", cache: "no-cache" });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`); // a captive portal
  await cache.put(address, answer);
};

const install = async () => {
  const cache = await caches.open(NAME);
  await Promise.all([...Object.values(KEPT.pages), ...KEPT.files].map((address) => keep(cache, address)));
  for (const address of KEPT.later)
    if (await caches.match(address)) await keep(cache, address);
  await skipWaiting();
};

/** Of the older versions the newest stays: a page that was opened with it may still ask for one of its scripts. */
const activate = async () => {
  const others = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== NAME);
  for (const name of others.slice(0, -1)) await caches.delete(name);
  await registration.navigationPreload?.enable();
  await clients.claim();
};

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

/** The language that a page was last read in. */
const language = async () => {
  const said = await (await caches.open(ABOUT)).match("/language");
  return said ? said.text() : "";
};

const shell = async (lang) => {
  const address = KEPT.pages[lang ?? await language()] ?? Object.values(KEPT.pages)[0];
  return await caches.match(address) ?? Response.error();
};

/** The page as the network gives it, or the shell; the browser's own request says that a person looks, ours would not. */
const page = async (event) => {
  const asked = event.preloadResponse.then((early) => early ?? fetch(event.request));
  event.waitUntil(asked.catch(() => {}));
  const patience = ["no-cache", "reload"].includes(event.request.cache) ? LONG_PATIENCE : PATIENCE;
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  return await Promise.race([asked, late]).catch(() => null) ?? await shell();
};

const later = async (request) => {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(NAME)).put(request, answer.clone());
  return answer;
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const address = pathname + search;
  if (request.mode === "navigate" && SHELL.test(pathname)) event.respondWith(shell(SHELL.exec(pathname)[1]));
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.has(address)) event.respondWith(caches.match(address).then((found) => found ?? fetch(request)));
  else if (LATER.has(address)) event.respondWith(later(address));
});

addEventListener("sync", (event) => {
  if (event.tag === "queue") event.waitUntil(send().then(({ left, said }) => {
    if (left && !said) throw new Error("not all is sent"); // the browser tries again
  }));
});
