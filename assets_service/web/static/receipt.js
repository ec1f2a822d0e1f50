// Comfort only: without this file the server matches the codes. What `scanner.js` reads marks its line.

const codes = document.querySelector("[data-codes]");
const sentences = document.querySelector("[data-sentences]").dataset;
const lines = [...document.querySelectorAll("[data-line]")];
const counted = document.querySelector("[data-scanned-count]");

const bare = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

/** The code in what was read: a label's address, or the code as printed, with its blank and its easily misread signs. */
const plain = (text) => {
  const path = /\/d\/([^/?#]+)/i.exec(text);
  return bare((path ? decodeURIComponent(path[1]) : text).split(".")[0])
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
};

/** Each line goes by every label code that leads to its device, by its serial number and by its IMEIs. */
const names = new Map(lines.map((line) => [line, new Set(JSON.parse(line.dataset.names).map(bare))]));
const lineOf = (read) => {
  const digits = read.replace(/\D/g, "");
  const spellings = [plain(read), bare(read), ...(digits.length === 15 ? [digits] : [])];
  return lines.find((line) => spellings.some((spelling) => names.get(line).has(spelling)));
};

const said = (line) => line.querySelector("input[name$='.outcome']:checked")?.value;
const tell = (what, number) => {
  document.querySelector(`[data-count-of="${what}"]`).textContent = number;
};

/** How many were scanned, and in words what is said so far; a read that is left in the box is on no line. */
const count = () => {
  const scanned = lines.filter((line) => !line.querySelector("[data-scanned]").hidden).length;
  counted.textContent = scanned;
  counted.hidden = !scanned;
  tell("received", lines.filter((line) => ["received", "received_with_notes"].includes(said(line))).length);
  tell("short", lines.filter((line) => said(line) === "short").length);
  tell("extra", codes.value.split("\n").filter((read) => read.trim() && !lineOf(read)).length);
};

const mark = (line, isScanned) => {
  line.querySelector(`input[value="${isScanned ? "received" : ""}"]`).checked = true;
  line.querySelector("[data-scanned]").hidden = !isScanned;
  count();
  codes.form.dispatchEvent(new Event("input"));
};

/** What is on a line marks it; what is on none stays in the box and is sent as an extra. */
codes.addEventListener("read", (event) => {
  event.preventDefault();
  const { text } = event.detail;
  const line = lineOf(text);
  if (!line) {
    event.detail.outcome = { good: false, tone: "warn", what: text, why: sentences.extra, keep: text };
    return;
  }
  mark(line, true);
  const about = [".device b", ".device .code"].map((part) => line.querySelector(part).textContent);
  const what = (text.includes("/") ? about : [...about, text]).join(" · ");
  event.detail.outcome = { good: true, what, why: sentences.received, keep: "", same: line.dataset.line };
});
codes.addEventListener("unread", (event) => {
  const line = lineOf(event.detail.text);
  if (line) mark(line, false);
});

// A reason is asked for where one is needed.
const DIFFERS = ["received_with_notes", "short", "declined", "light", "heavy"];
for (const line of lines) {
  line.addEventListener("change", ({ target }) => {
    if (target.checked && DIFFERS.includes(target.value)) line.querySelector("details").open = true;
    count();
  });
}
codes.form.addEventListener("input", count);
codes.form.addEventListener("restored", count);
count();
