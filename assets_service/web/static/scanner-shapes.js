// What a read can be, known by its shape alone: pure functions of `scanner.js`.

const AIM = /^\][A-Za-z][0-9A-Za-z]/; // the kind of symbol, said by a scanner before what it read
const BETWEEN = /[\n\r,;|\t\x1c-\x1f]+|(?=https?:\/\/)|(?=\][A-Za-z][0-9A-Za-z])/i;

/** Whether the last digit is the check digit of the others (Luhn), as of every IMEI. */
export const isImei = (text) => /^\d{15}$/.test(text) && !/^(\d)\1*$/.test(text) && [...text].reverse().reduce((sum, digit, place) => sum + (place % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : +digit), 0) % 10 === 0;

/** Whether nothing more can come of it: a label's address, its code, an IMEI. Of a serial number nobody knows how long it is. */
export const isWhole = (text) => /\/d\/[0-9a-hj-km-np-tv-z]{8}\.\d+$/i.test(text) || /^[0-9a-hj-km-np-tv-z]{8}$/i.test(text) || isImei(text);

/** What was read, each by itself: a gun may glue two reads together. */
export const split = (text) => text.split(BETWEEN).map((part) => part.replace(AIM, "").trim()).filter(Boolean).flatMap((part) => {
  const halves = [part.slice(0, 15), part.slice(15)];
  return halves.every(isImei) ? halves : [part];
});

/** Whether a gun typed an address on another keyboard layout: the signs are others, but alike stand where alike are in `https://`. */
export const isMangled = (text) => {
  if (text.length < 20 || /^https?:\/\//i.test(text)) return false;
  const signs = [...text.toLowerCase()];
  const begins = (pattern) => pattern.every((place, at) => signs[at] === signs[place]) && new Set(signs.slice(0, pattern.length)).size === new Set(pattern).size;
  return begins([0, 1, 1, 3, 4, 5, 6, 6]) || begins([0, 1, 1, 3, 4, 5, 5]);
};

/** Its parts; none of them where it is no address. */
const addressIn = (text) => {
  try {
    return new URL(text);
  } catch {
    return {};
  }
};

/**
 * What a read can be: the address of a `label`; one `elsewhere`, at another host, which only counts if the server knows its code; a
 * `number` on a device or its box; or `foreign`, which is never looked up and never opened.
 */
export const kindOf = (text, longest = 300) => {
  if (text.length > longest) return "foreign";
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || /^(s\/?n|imei|kode|no)\b/i.test(text))
    return /^\w[\w .\/:+#*()\-]*$/.test(text) ? "number" : "foreign";
  const { host, pathname, protocol } = addressIn(text);
  if (!/^https?:$/.test(protocol) || !/^\/d\/[0-9a-hj-km-np-tv-z]{8}(\.\d+)?$/i.test(pathname)) return "foreign";
  return host === location.host ? "label" : "elsewhere";
};
