// On every page of somebody who is signed in: the phone learns to work without network, and hands in what it holds. Pages work without it.

import { actsOf, adopt, leave, whose } from "./pocket-store.js";
import { keepSending } from "./queue.js";
import { mayKeep, register } from "./register.js";

const about = document.querySelector("meta[data-person]").dataset;

/** Who signs out is told what is not sent, and leaves no list behind. */
const signOut = async (event) => {
  const form = event.target;
  if (!form.matches("form[action='/keluar']")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const phone = await whose();
  const unsent = phone ? (await actsOf(phone.person)).filter(({ state }) => state === "kept").length : 0;
  if (unsent && !confirm(about.leaving.replace("{num}", unsent))) return;
  await leave();
  form.submit();
};

const begin = async () => {
  document.addEventListener("submit", signOut, true);
  await adopt(Number(about.person));
  await register();
  await keepSending();
};

if (mayKeep) begin().catch(() => {}); // a browser that cannot: all else works
