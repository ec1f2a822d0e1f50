// Comfort only: without this file the server matches the codes. A scanner gun, or a thumb, ends a code with Enter.

const codes = document.querySelector("[data-codes]");
const said = document.querySelector("[data-said]");
const sentences = document.querySelector("[data-sentences]").dataset;
const lines = [...document.querySelectorAll("[data-line]")];

/** The code in what was read: a label's address, or the code as printed, with its blank and its easily misread signs. */
const plain = (text) => {
  const read = text.trim();
  const path = /\/d\/([^/?#]+)/i.exec(read);
  const code = (path ? decodeURIComponent(path[1]) : read).split(".")[0].toUpperCase().replace(/[\s-]/g, "");
  return code.replace(/O/g, "0").replace(/[IL]/g, "1");
};

const lineOf = (read) =>
  lines.find((line) => line.dataset.line === plain(read) || line.dataset.serial === read.trim().toLowerCase());

const say = (sentence, code, tone) => {
  said.textContent = sentence.replace("{code}", code);
  said.className = `notice ${tone}`;
  said.hidden = false;
};

/** What is matched leaves the box; what is on no line stays in it and is sent as a finding. */
const take = () => {
  const left = [];
  for (const read of codes.value.split(/[\n,;\t]+/)) {
    if (!read.trim()) continue;
    const line = lineOf(read);
    if (line) {
      line.querySelector("input[value=received]").checked = true;
      line.scrollIntoView({ block: "nearest" });
      say(sentences.received, read.trim(), "good");
    } else {
      left.push(read.trim());
      say(sentences.extra, read.trim(), "warn");
    }
  }
  codes.value = left.length ? `${left.join("\n")}\n` : "";
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
