// What the shell says, in the language of its page: sentences and words that the server wrote into it, days and ages as people write them.

export const shell = document.getElementById("shell");
const { said, steps, words, tones } = JSON.parse(shell.dataset.words);
const { lang } = document.documentElement;
export const pocketDays = Number(shell.dataset.pocketDays);

export const find = (selector, root = shell) => root.querySelector(selector);
export const say = (name, facts = {}) => said[name].replace(/\{(\w+)\}/g, (slot, fact) => facts[fact] ?? slot);
export const word = (family, value) => words[family]?.[value] ?? value;
export const stepWord = (step) => steps[step];

/** A copy of the template, each `data-slot` with its text. */
export const part = (name, texts = {}) => {
  const made = document.getElementById(`t-${name}`).content.cloneNode(true);
  for (const slot of made.querySelectorAll("[data-slot]")) slot.textContent = texts[slot.dataset.slot] ?? "";
  return made;
};
export const textOf = (name) => part(name).textContent.trim();

export const badge = (text, tone = "plain") => {
  const made = document.createElement("span");
  made.className = `badge ${tone}`;
  made.textContent = text;
  return made;
};
export const wordBadge = (family, value) => badge(word(family, value), tones[family]?.[value]);

export const grouped = (code) => code.replace(/^(.{4})(.{4})$/, "$1 $2");

const days = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "numeric", month: "short", year: "numeric" });
const moments = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const ages = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
export const day = (text) => (text ? days.format(new Date(`${text}T00:00`)) : "–");
export const moment = (at) => moments.format(new Date(at));

const STEPS = [
  [60_000, 60, "minute"],
  [3_600_000, 24, "hour"],
  [86_400_000, Infinity, "day"]
];
export const ago = (at) => {
  const passed = Math.max(0, Date.now() - at);
  const [unit, , name] = STEPS.find(([length, many]) => passed < length * many);
  return ages.format(-Math.floor(passed / unit), name);
};
