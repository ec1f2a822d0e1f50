// The list that a phone carries, asked as a person asks: by what was read or typed. Pure functions; `list` is `GET /api/v1/pocket`.

const TAIL_MIN = 6; // signs of a serial number's end that are enough for a hand
const bare = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

/** The code in a label's address, or as printed, with its blank and its easily misread signs. */
const codeIn = (text) => {
  const path = /\/d\/([^/?#]+)/i.exec(text);
  return bare((path ? path[1] : text).split(".")[0]).replace(/O/g, "0").replace(/[IL]/g, "1");
};

/** The device in that place of every column, with what it refers to. */
const deviceAt = (list, place) => {
  const device = Object.fromEntries(Object.entries(list.devices).map(([name, column]) => [name, column[place]]));
  const { shipments } = list;
  return {
    ...device,
    model: list.models[device.model],
    office: list.offices[device.office] ?? device.office,
    officeCode: device.office,
    bound_for: device.bound_for && (list.offices[device.bound_for] ?? device.bound_for),
    holder: device.holder === null ? null : list.people[device.holder] ?? null,
    shipment: device.shipment < 0 ? null : shipments.id[device.shipment],
  };
};

/** Every name under which a scan finds the device. */
const namesOf = ({ code, labels, serial, imei1, imei2, item, register }, place) => [
  ...[code[place], ...labels[place]].map(codeIn),
  ...[serial[place], imei1[place], imei2[place], item[place], register[place]].filter(Boolean).map(bare),
];

export class Pocket {
  constructor({ list, at }) {
    Object.assign(this, { list, at, size: list.devices.code.length, byName: new Map() });
    for (let place = 0; place < this.size; place += 1) {
      for (const name of namesOf(list.devices, place)) {
        const places = this.byName.get(name) ?? new Set();
        this.byName.set(name, places.add(place));
      }
    }
  }

  /** The devices that a text fits; `byTail`: where a person sees which it is, the end of a serial number will do. */
  find(text, { byTail = false } = {}) {
    const names = [codeIn(text), bare(text)];
    const exact = new Set(names.flatMap((name) => [...this.byName.get(name) ?? []]));
    if (exact.size || !byTail || bare(text).length < TAIL_MIN) return [...exact].map((place) => deviceAt(this.list, place));
    const ends = this.list.devices.serial.flatMap((serial, place) => (bare(serial).endsWith(bare(text)) ? [place] : []));
    return ends.slice(0, 10).map((place) => deviceAt(this.list, place));
  }

  device(code) {
    return this.find(code).find((device) => device.code === codeIn(code) || device.labels.map(codeIn).includes(codeIn(code)));
  }

  /** A shipment on its way, with its devices. */
  shipment(id) {
    const place = this.list.shipments.id.indexOf(id);
    if (place < 0) return null;
    const { number, version } = this.list.shipments;
    const devices = this.list.devices.shipment.flatMap((each, at) => (each === place ? [deviceAt(this.list, at)] : []));
    return { id, number: number[place], version: version[place], devices };
  }

  /** Who could hold a device of that office: number and name. */
  colleagues(officeCode) {
    return (this.list.colleagues[officeCode] ?? []).map((number) => [number, this.list.people[number]]);
  }
}
