// How far a file has come, on its way in or out. Without this file the browser sends and takes it as ever.

const words = document.querySelector("[data-progress-words]").dataset;

/** A bar with its sentence, at the foot of `place`; `tell(0.42)` moves it, `tell()` leaves it open how far it is. */
const shownIn = (place) => {
  const box = place.querySelector(".progressing") ?? place.appendChild(document.createElement("p"));
  box.className = "progressing";
  box.setAttribute("role", "status");
  box.replaceChildren(document.createElement("progress"), document.createElement("span"));
  const [bar, said] = box.children;
  bar.setAttribute("aria-label", words.label);
  return (sentence, share) => {
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
    said.textContent = share === undefined ? sentence : `${sentence} ${Math.floor(share * 100)} %`;
    bar.hidden = share === null;
    if (share === null) said.textContent = sentence;
  };
};

/** The answer takes the place of the page, at its own address, as it would have without us. */
const show = (request) => {
  history.replaceState(null, "", request.responseURL);
  document.open();
  document.write(request.responseText);
  document.close();
};

const upload = (form, submitter) => {
  const tell = shownIn(form);
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total }) => tell(words.sending, loaded / total);
  request.upload.onload = () => tell(words.reading);
  // Whose session has ended sends the form again by loading the page again: that works only if the browser sent it.
  request.onload = () => (request.status === 401 ? form.submit() : show(request));
  request.onerror = () => {
    form.removeAttribute("aria-busy");
    tell(words.unsent, null);
  };
  request.open("POST", form.action);
  tell(words.sending, 0);
  request.send(new FormData(form, submitter));
};

/** A file of rows says how far it is by its lines; one that is drawn first (a workbook, a PDF) only that it is being made. */
const download = async (address, place) => {
  const tell = shownIn(place);
  tell(words.making);
  try {
    const answer = await fetch(address);
    if (!answer.ok) return location.assign(address); // the refusal is a page
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "";
    const inLines = /csv|jsonl/.test(answer.headers.get("content-type") ?? "");
    const parts = [];
    const rows = Number(document.querySelector("[data-rows]")?.dataset.rows) || 1;
    let lines = 0;
    for (const reader = answer.body.getReader();;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      if (inLines)
        for (const byte of value)
          if (byte === 10) lines += 1;
      tell(words.taking, inLines ? Math.min(lines / rows, 1) : undefined);
    }
    const kept = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("content-type") }));
    Object.assign(document.createElement("a"), { href: kept, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(kept), 60_000);
    tell(words.taken, 1);
  } catch {
    tell(words.cut, null);
  }
};

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented) return;
  if ([...form.querySelectorAll("input[type=file]")].some((field) => field.files.length)) {
    event.preventDefault();
    upload(form, submitter);
  } else if (submitter?.formAction.includes("/ekspor/inventaris")) {
    event.preventDefault();
    download(`${submitter.formAction}?${new URLSearchParams(new FormData(form))}`, form);
  }
});
