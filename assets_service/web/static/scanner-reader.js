// A worker: is told once where the library is, then answers each picture with the texts in it and where they are.

const FORMATS = ["QRCode", "Code128", "DataMatrix"];
let ready;

const prepare = ({ library, wasm }) => {
  importScripts(library);
  return ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
};

const boxOf = ({ topLeft, bottomRight }) => ({
  x: Math.min(topLeft.x, bottomRight.x),
  y: Math.min(topLeft.y, bottomRight.y),
  width: Math.abs(topLeft.x - bottomRight.x),
  height: Math.abs(topLeft.y - bottomRight.y),
});

const foundIn = async (bitmap) => {
  await ready;
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(bitmap, 0, 0);
  bitmap.close();
  const found = await ZXingWASM.readBarcodes(canvas.getImageData(0, 0, width, height), { formats: FORMATS, tryHarder: true });
  return found.filter(({ isValid }) => isValid).map(({ text, position }) => ({ text, box: boxOf(position) }));
};

onmessage = async ({ data }) => {
  try {
    if (data.library) return void(await (ready = prepare(data)));
    postMessage({ found: await foundIn(data.bitmap) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
