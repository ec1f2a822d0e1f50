// How safe and how large this phone's store is, as far as the browser says.

export const persistedStore = async () => await navigator.storage?.persisted?.() ?? false;

/** Asks the browser to keep the store when space is short. */
export const keepStore = async () => await navigator.storage?.persist?.().catch(() => false) ?? false;

/** How many bytes may still be kept. */
export const roomLeft = async () => {
  const { usage = 0, quota = Infinity } = await navigator.storage?.estimate?.() ?? {};
  return quota - usage;
};
