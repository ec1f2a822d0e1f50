// The list of what was done with this phone, each act with its state in words and shape.

import { dismiss } from "./pocket-store.js";
import { tell } from "./queue.js";
import { find, grouped, moment, part, say, word } from "./shell-words.js";

const whyOf = ({ state, status, why, ledger_seq: seq }) => {
  if (state === "received") return seq ? say("entry", { seq }) : "";
  if (state !== "trouble") return "";
  return status === "refused" ? why : `${why} ${say("held")}`;
};

const row = (act) => {
  const about = act.about ?? (act.device ? grouped(act.device) : "");
  const made = part("act", { what: word("offline_act", act.type), which: about, when: moment(act.observed_at), why: whyOf(act) });
  const item = made.firstElementChild;
  Object.assign(item.dataset, { id: act.id, stands: act.state });
  find("[data-badge]", item).replaceWith(part(act.state));
  const seen = find("[data-dismiss]", item);
  seen.hidden = act.state !== "trouble" || act.status !== "refused";
  seen.addEventListener("click", async () => {
    await dismiss(act.id);
    tell();
  });
  return made;
};

/** What has trouble first, then the newest. */
export const showQueue = (list, acts, most = 20) => {
  const rank = { trouble: 0, kept: 1, received: 2 };
  const shown = [...acts].sort((one, other) => rank[one.state] - rank[other.state] || other.sequence - one.sequence).slice(0, most);
  list.replaceChildren(...shown.map(row));
};

export const showLeft = (place, acts) => {
  const left = acts.filter(({ state }) => state === "kept").length;
  place.textContent = left ? say("left", { num: left }) : say("sent");
};
