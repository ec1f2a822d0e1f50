// The page that opens without network: which view is shown, what the scanner finds in the phone's own list, and how old that is.

import { hear, keepSending, sendSoon } from "./queue.js";
import { mayKeep, register } from "./register.js";
import { saveQueue } from "./sealing.js";
import { forget, notify, offer } from "./shell-forms.js";
import { showLeft, showQueue } from "./shell-queue.js";
import { showReady } from "./shell-ready.js";
import { offerReceipt } from "./shell-receipt.js";
import { load, state } from "./shell-state.js";
import { ago, badge, day, find, grouped, part, say, shell, stepWord, textOf, wordBadge } from "./shell-words.js";

const field = find("#f-kode");
const unfound = find("[data-unfound]");
const found = find("[data-found]");
const heading = document.querySelector("[data-heading]");

const to = (view, of = "") => `#${view}${of === "" ? "" : `=${encodeURIComponent(of)}`}`;
const go = (view, of) => {
  location.hash = to(view, of);
};

// Which view --------------------------------------------------------------------------------------------------------

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no address of ours
  }
};

/** What the address asks for: what stands after `#`, or else the page that was to be opened here. */
const route = () => {
  const [, view, of = ""] = /^#([a-z]+)(?:=(.*))?$/.exec(location.hash) ?? [];
  if (view) return [view, decoded(of)];
  const [, label] = /^\/d\/([^/]+)/i.exec(location.pathname) ?? [];
  if (label) return ["device", decoded(label)];
  return location.pathname === "/siap" ? ["ready", ""] : ["home", new URLSearchParams(location.search).get("kode") ?? ""];
};

const VIEWS = ["home", "device", "check", "holder", "label", "arrival", "receipt", "ready"];
const NAMES = { siap: "ready", pindai: "home" };

const reveal = (view) => {
  for (const stop of shell.querySelectorAll("[data-stop]:not([hidden])")) stop.click(); // no camera runs unseen
  for (const section of shell.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  heading.textContent = find(`[data-view=${view}]`).dataset.title;
  document.title = document.title.replace(/^.*(?= · )/, heading.textContent);
  if (view !== "home") heading.focus();
  else if (matchMedia("(pointer: fine)").matches) field.focus(); // on a phone the keyboard would cover the camera
  window.scrollTo(0, 0);
};

const aboutOf = (section, ...parts) => find("[data-about]", section).replaceChildren(...parts);

const open = async () => {
  const [named, of] = route();
  const view = NAMES[named] ?? named;
  if (!VIEWS.includes(view)) return go("pindai");
  if (view === "home") return openHome(of);
  if (view === "ready") {
    reveal("ready");
    return showReady();
  }
  if (["arrival", "receipt"].includes(view)) return openShipment(view, Number(of));
  const device = state.pocket?.device(of);
  if (!device) return openHome(of);
  if (view !== "device") return openForm(view, device);
  if (!location.hash && location.pathname.startsWith("/D/")) remember(device, location.href);
  openDevice(device);
  reveal("device");
};

// Scanning ----------------------------------------------------------------------------------------------------------

const openHome = (text) => {
  reveal("home");
  if (text) search(text);
};

const foundRow = (device) => {
  const made = part("found", { model: device.model, code: grouped(device.code) });
  find("[data-link]", made).href = to("device", device.code);
  return made;
};

const sayUnfound = (text, many) => {
  unfound.hidden = false;
  unfound.textContent = state.pocket ? say(many ? "several" : "unknown", { code: text.slice(0, 60) }) : say(state.isLocked ? "locked" : "none", { days: shell.dataset.pocketDays });
  if (!many && state.pocket && navigator.onLine && !state.outcome.isOffline) {
    const ask = part("ask");
    find("[data-link]", ask).href = `/pindai?${new URLSearchParams({ kode: text })}`;
    unfound.append(" ", ask);
  }
};

/** A label that was read, and not typed, is the one that is on its device. */
const remember = (device, text) => {
  state.scanned = /\/d\//i.test(text) ? { code: device.code, text } : null;
};

/** Opens the device that a text names, or says why it does not. */
const search = (text, options = { byTail: true }) => {
  const devices = state.pocket?.find(text, options) ?? [];
  unfound.hidden = true;
  found.replaceChildren();
  field.value = devices.length === 1 ? "" : text;
  if (devices.length === 1) {
    remember(devices[0], text);
    go("device", devices[0].code);
    return true;
  }
  found.replaceChildren(...devices.map(foundRow));
  sayUnfound(text, devices.length);
  return false;
};

field.addEventListener("read", (event) => {
  event.preventDefault();
  const good = search(event.detail.text, {});
  event.detail.outcome = { good, why: good ? "" : unfound.textContent };
});
find("[data-find]").addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim()) search(field.value.trim());
});

// One device --------------------------------------------------------------------------------------------------------

const WAYS = { confirm: "receipt", check: "check", hold: "holder" };

const stepLink = (text, href, isMain) => {
  const made = part("step");
  const link = find("[data-link]", made);
  Object.assign(link, { textContent: text, href });
  link.classList.toggle("main", isMain);
  return made;
};

/** The one next thing that can be done here, then the others. */
const stepsOf = (device) => {
  const { step, shipment, code } = device;
  const steps = [];
  if (step === "confirm" && shipment) steps.push([stepWord("confirm"), to("receipt", shipment)], [textOf("arrival"), to("arrival", shipment)]);
  if (step && device.presence === "present") {
    steps.push([stepWord("check"), to("check", code)], [stepWord("hold"), to("holder", code)], [textOf("label"), to("label", code)]);
    if (step === "hold") steps.unshift(...steps.splice(1, 1));
  }
  return steps;
};

const factRows = (device) => {
  const names = part("names");
  const values = { ...device, office: device.bound_for ? say("on_way", { office: device.bound_for }) : device.office, holder: device.holder ?? say("no_holder"), due_on: day(device.due_on) };
  return [...names.querySelectorAll("dd")].flatMap((place) => {
    const value = values[place.dataset.of];
    return value ? [part("fact", { name: place.previousElementSibling.textContent, value })] : [];
  });
};

const openDevice = (device) => {
  const section = find("[data-view=device]");
  section.dataset.title = device.model;
  const code = badge(grouped(device.code));
  code.classList.add("code");
  aboutOf(section, code, wordBadge("presence", device.presence), wordBadge("condition", device.condition));
  const [first, ...others] = stepsOf(device);
  find("[data-next]", section).replaceChildren(...(first ? [stepLink(...first, true)] : []));
  const isElsewhere = device.step && !WAYS[device.step];
  const nothing = find("[data-nothing]", section);
  nothing.hidden = Boolean(first) && !isElsewhere;
  nothing.textContent = isElsewhere ? say("needs_network", { act: stepWord(device.step) }) : say("nothing_next");
  find("[data-others-box]", section).hidden = !others.length;
  find("[data-others]", section).replaceChildren(...others.map(([text, href]) => stepLink(text, href, false)));
  find("[data-facts]", section).replaceChildren(...factRows(device));
  showQueue(find("[data-queue]", section), state.acts.filter((act) => act.device === device.code));
};

const openForm = (view, device) => {
  const section = find(`[data-view=${view}]`);
  aboutOf(section, badge(device.model), badge(grouped(device.code)), badge(device.serial));
  const form = find("form", section);
  if (view === "holder") {
    const people = state.pocket.colleagues(device.officeCode);
    const select = form.elements.person;
    select.replaceChildren(select.options[0], ...people.map(([number, name]) => new Option(name, number)));
    find("[data-nobody]", section).hidden = people.length > 0;
  }
  offer(form, device, () => go("device", device.code));
  reveal(view);
};

const openShipment = async (view, id) => {
  const section = find(`[data-view=${view}]`);
  const shipment = state.pocket?.shipment(id);
  if (!shipment) return go("pindai");
  aboutOf(section, badge(say("shipment", { number: shipment.number })));
  const after = () => go("pindai");
  if (view === "arrival") offer(find("form", section), shipment, after);
  else {
    find("[data-arrival]").href = to("arrival", id);
    find("[data-reads]", section).dataset.total = shipment.devices.length;
    await offerReceipt(shipment, after);
  }
  reveal(view);
};

// What always stands on top -----------------------------------------------------------------------------------------

const showAge = () => {
  const { pocket, isLocked } = state;
  const facts = pocket ? { num: pocket.size, ago: ago(pocket.at) } : { days: shell.dataset.pocketDays };
  find("[data-age]").textContent = say(pocket ? "list" : isLocked ? "locked" : "none", facts);
  const isOffline = state.outcome.isOffline || !navigator.onLine;
  const net = find("[data-net]");
  net.hidden = !isOffline && !("left" in state.outcome); // nobody has tried yet
  net.className = `badge ${isOffline ? "warn" : "good"}`;
  net.textContent = say(isOffline ? "offline" : "online");
};

/** What a person must know of the last try to send. */
const showOutcome = () => {
  const { signIn, said, isEmptied, isOffline, left } = state.outcome;
  if (isOffline) return; // it says nothing of the last answer
  if (!left) forget("is_kept", "not_persisted", "nearly_full");
  forget("sign_in", "sign_in_first", "emptied", "refused", "others");
  if (signIn) {
    const why = state.acts.length ? "sign_in" : "sign_in_first";
    notify(why, "warn");
    find(`[data-about-it=${why}]`).append(" ", part("sign-in"));
  }
  if (isEmptied) notify("emptied", "warn");
  if (said) notify("refused", "bad", {}, said);
  if (state.others) notify("others", "info", { num: state.others });
};

const refresh = async (outcome) => {
  await load();
  if (outcome && "left" in outcome) {
    state.outcome = outcome;
    showOutcome();
  }
  showAge();
  showLeft(find("[data-left]"), state.acts);
  find("[data-save]").hidden = !state.acts.some((act) => act.state === "kept");
  showQueue(find("[data-view=home] [data-queue]"), state.acts);
  const [view, of] = route();
  const device = view === "device" && state.pocket?.device(of);
  if (device) openDevice(device);
  if (!find("[data-view=ready]").hidden) showReady();
};

const begin = async () => {
  register().catch(() => {}); // what this page does it does without a worker too
  await load();
  addEventListener("hashchange", open);
  shell.hidden = false;
  await open();
  await refresh();
  setInterval(showAge, 60_000);
  for (const name of ["online", "offline"]) addEventListener(name, showAge);
  hear(refresh);
  find("[data-send]").addEventListener("click", ({ currentTarget: button }) => {
    button.setAttribute("aria-busy", "true");
    sendSoon().finally(() => button.removeAttribute("aria-busy"));
  });
  find("[data-save]").addEventListener("click", async () => {
    notify(await saveQueue(state.phone) ? "saved" : "no_key", "info");
  });
  find("[data-again]").addEventListener("click", showReady);
  find("[data-ios]").hidden = !("standalone" in navigator) || navigator.standalone;
  await keepSending(sendSoon);
};

if (mayKeep) begin();
else document.querySelector("[data-cannot]").hidden = false;
