// Comfort only: without this file the server matches the codes. A scanner gun, or a thumb, ends a code with Enter.

const codes = document.querySelector("[data-codes]");
const said = document.querySelector("[data-said]");
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

const say = (sentence, code, tone) => {
  said.textContent = sentence.replace("{code}", code);
  said.className = `notice ${tone}`;
  said.hidden = false;
};

const mark = (line) => {
  line.querySelector("input[value=received]").checked = true;
  line.querySelector("[data-scanned]").hidden = false;
  line.scrollIntoView({ block: "nearest" });
};

/** What is matched leaves the box; what is on no line stays in it and is sent as an extra. */
const take = () => {
  const left = [];
  for (const read of codes.value.split(/[\n,;\t]+/)) {
    if (!read.trim()) continue;
    const line = lineOf(read);
    if (line) {
      mark(line);
      say(sentences.received, read.trim(), "good");
    } else {
      left.push(read.trim());
      say(sentences.extra, read.trim(), "warn");
    }
  }
  codes.value = left.length ? `${left.join("\n")}\n` : "";
  count();
  codes.form.dispatchEvent(new Event("input"));
};

const count = () => {
  const scanned = lines.filter((line) => !line.querySelector("[data-scanned]").hidden).length;
  counted.textContent = scanned;
  counted.hidden = !scanned;
};

codes.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  take();
});
codes.addEventListener("change", take);

// A note is asked for where one is needed.
for (const line of lines) {
  line.addEventListener("change", ({ target }) => {
    const needsNote = target.checked && ["received_with_notes", "declined", "light", "heavy"].includes(target.value);
    if (needsNote) line.querySelector("details").open = true;
  });
}
