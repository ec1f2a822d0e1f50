// Served as `/sw.js` where the shell is switched off: the worker that came before is replaced by this one, which takes all away that was
// kept of pages, and then itself. What a person did and did not send lies in the phone's own store, and stays.

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
})()));
