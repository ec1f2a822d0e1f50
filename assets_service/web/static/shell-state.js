// What this phone knows now: whose it is, the list of devices, what was done. Read anew from the store whenever something changes there.

import { Pocket } from "./pocket-list.js";
import * as store from "./pocket-store.js";
import { pocketDays } from "./shell-words.js";

export const state = { phone: null, pocket: null, acts: [], isLocked: false, others: 0, outcome: {}, scanned: null };

export const load = async () => {
  const phone = await store.whose();
  const kept = phone && await store.pocketOf(phone.person);
  const isLocked = Boolean(phone) && store.isLocked(phone, pocketDays);
  if (isLocked || !kept) state.pocket = null;
  else if (!state.pocket || kept.etag !== state.etag) Object.assign(state, { pocket: new Pocket(kept), etag: kept.etag });
  if (state.pocket && kept) state.pocket.at = kept.at;
  const acts = phone ? await store.actsOf(phone.person) : [];
  const others = await store.ofOthers(phone?.person);
  return Object.assign(state, { phone, isLocked, acts, others });
};
