// The signature on the screen: strokes as they were drawn, kept as a vector. Without this file nothing is signed here.

const box = document.querySelector("[data-signature]");
const pad = box?.querySelector("[data-pad]");
const kept = box?.querySelector("[name=strokes]");
const pen = pad?.getContext("2d");
const most = Number(pad?.dataset.most);
let strokes = kept?.value ? JSON.parse(kept.value) : []; // drawn before something else was refused

const points = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

const draw = () => {
  pen.clearRect(0, 0, pad.width, pad.height);
  pen.strokeStyle = getComputedStyle(pad).color;
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = "round";
  for (const [first, ...rest] of strokes) {
    pen.beginPath();
    pen.moveTo(...first);
    for (const point of rest.length ? rest : [first]) pen.lineTo(...point);
    pen.stroke();
  }
};

const keep = () => {
  kept.value = strokes.length ? JSON.stringify(strokes) : "";
};

const at = (event) => {
  const { left, top, width, height } = pad.getBoundingClientRect();
  const within = (value, size) => Math.max(0, Math.min(size, Math.round(value)));
  return [
    within(((event.clientX - left) / width) * pad.width, pad.width),
    within(((event.clientY - top) / height) * pad.height, pad.height),
  ];
};

if (pad) {
  box.hidden = box.disabled = false;
  draw();
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
    draw();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId) || points() >= most) return;
    const stroke = strokes.at(-1);
    const [x, y] = at(event);
    const [before, above] = stroke.at(-1);
    if (Math.abs(x - before) + Math.abs(y - above) < 3) return; // pixels: nothing to see between them
    stroke.push([x, y]);
    draw();
  });
  pad.addEventListener("pointerup", () => {
    strokes = strokes.filter((stroke) => stroke.length > 1);
    draw();
    keep();
  });
  box.querySelector("[data-wipe]").addEventListener("click", () => {
    strokes = [];
    draw();
    keep();
  });
}
