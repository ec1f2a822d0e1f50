// Comfort only: every page works without this file.

/** What only makes a page more comfortable is fetched once the page is seen. */
requestAnimationFrame(() => setTimeout(async () => {
  const later = [...document.querySelectorAll("meta[name=later]")].map(({ content }) => import(content));
  await Promise.allSettled(later); // a page that is left, or a network that went: it works without
  document.documentElement.setAttribute("data-ready", "");
}));

/** A form is sent once: a second tap does nothing until the page comes back, or has not come for long. */
const PATIENCE = 15_000; // then it may be sent again: its action id lets it count but once
const rest = () => {
  for (const busy of document.querySelectorAll("form[aria-busy], form [aria-busy]")) busy.removeAttribute("aria-busy");
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(rest, PATIENCE);
});
// A page that comes back from the browser's memory must be usable again.
addEventListener("pageshow", rest);

/** A refused form says so first, and of each problem which field it is about. */
document.querySelector(".problems")?.focus();
for (const link of document.querySelectorAll(".problems a")) {
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const label = field && (document.querySelector(`label[for="${CSS.escape(field.id)}"]`) ?? field.querySelector("legend"));
  if (label) link.prepend(label.firstChild.textContent.trim().replace(/[^?:.]$/, "$&:"), " ");
}

/** A browser brings the first line of a long field into sight when the tab key comes to it; so the rest clears the bars too. */
document.addEventListener("keyup", ({ key, target }) => {
  if (key === "Tab" && target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
});

/** A scanner gun types wherever the focus is: bring it to the code. */
const scan = document.querySelector("input[data-scan]");
if (scan) {
  scan.focus();
  scan.select();
  document.addEventListener("keydown", (event) => {
    const typing = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typing && !event.target.closest("input, textarea, select, button, summary, a")) scan.focus();
  });
}

/** All boxes of a page's list, with one tap. */
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-all] input")) return;
  for (const box of target.form.querySelectorAll("input[name=device]")) box.checked = target.checked;
});
const showAll = () => {
  for (const all of document.querySelectorAll("[data-all]")) all.hidden = false;
};
showAll();
document.addEventListener("htmx:afterSwap", showAll);

/** A photo that is too large is named before it is sent over a slow line. */
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[type=file][data-max-mb]")) return;
  const limit = Number(target.dataset.maxMb) * 1024 * 1024;
  const tooLarge = [...target.files].some((file) => file.size > limit);
  target.setCustomValidity(tooLarge ? target.dataset.tooLarge : "");
  target.reportValidity();
});

/** Menus close by Escape or a tap elsewhere. */
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-popover][open]"))
    if (menu !== except) menu.open = false;
};
document.addEventListener("click", ({ target }) => closeMenus(target.closest("details[data-popover]")));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  document.querySelector("details[data-popover][open] summary")?.focus();
  closeMenus();
});

/** Buttons that only a script can serve appear when there is one. */
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.querySelector("span").textContent = button.dataset.copied;
    });
  }
}
for (const button of document.querySelectorAll("[data-reload]")) {
  button.hidden = false;
  button.addEventListener("click", () => location.reload());
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.documentElement.dataset.paper = button.dataset.print; // a roll has pages of its own
    print();
  });
}
