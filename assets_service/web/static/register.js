// Registers the worker, and tells it in which language to show the shell.

/** Over plain http, and in old browsers, nothing is kept on the phone. */
export const mayKeep = window.isSecureContext && "serviceWorker" in navigator && "indexedDB" in window;

export const register = async () => {
  const kept = await caches.open("about-this-phone");
  await kept.put("/language", new Response(document.documentElement.lang));
  return navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "none" });
};
