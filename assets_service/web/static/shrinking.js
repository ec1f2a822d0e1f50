// A photo made smaller, upright and without what it says of its place, before it goes over a slow line or into a phone's store.

const SIDE_MAX = 2000; // pixels, as the server keeps it
const QUALITY = 0.82;
const SMALL_ENOUGH = 400_000; // bytes
const TRIES = [
  [1600, 0.75],
  [1280, 0.7],
  [1280, 0.55],
  [960, 0.55],
  [720, 0.5]
];

const asJpeg = async (whole, sideMax, quality) => {
  const scale = Math.min(1, sideMax / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(whole.width * scale));
  canvas.height = Math.max(1, Math.round(whole.height * scale));
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white"; // behind what is transparent
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.imageSmoothingQuality = "high";
  paper.drawImage(whole, 0, 0, canvas.width, canvas.height);
  return new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
};

const upright = (file) => createImageBitmap(file, { imageOrientation: "from-image" });

/** The photo as a JPEG of at most `SIDE_MAX` a side, upright; or itself where that is not smaller, or cannot be made. */
export const shrunk = async (file) => {
  if (file.size <= SMALL_ENOUGH || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const whole = await upright(file);
    const small = await asJpeg(whole, SIDE_MAX, QUALITY);
    whole.close();
    if (!small || small.size >= file.size) return file;
    return new File([small], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
};

/** The photo as a JPEG of at most so many bytes. Throws for what is no picture. */
export const within = async (file, bytesMax) => {
  const whole = await upright(file);
  try {
    for (const [sideMax, quality] of TRIES) {
      const small = await asJpeg(whole, sideMax, quality);
      if (small && small.size <= bytesMax) return small;
    }
  } finally {
    whole.close();
  }
  throw new Error("too large");
};
