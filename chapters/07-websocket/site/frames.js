// Frames as RFC 6455 §5.2 lays them out, and how they are shown.

export const TEXT = 0x1, BINARY = 0x2, CLOSE = 0x8, PING = 0x9, PONG = 0xa;
const NAMES = { [TEXT]: "text", [BINARY]: "binary", [CLOSE]: "close", [PING]: "ping", [PONG]: "pong" };

/** Bytes of a payload that are shown. */
const SHOWN = 16;

/** A masking key like the one that the browser picks, and keeps to itself. */
export const randomKey = () => crypto.getRandomValues(new Uint8Array(4));

/**
 * The parts of a frame that is a whole message, or a control frame. With a key it is one from a
 * client.
 */
export function frame(opcode, payload, key = null) {
  const length = payload.length;
  let short = length;
  let extended = new Uint8Array(0);
  if (length > 0xffff) {
    short = 127;
    extended = new Uint8Array(8);
    new DataView(extended.buffer).setBigUint64(0, BigInt(length)); // network order
  } else if (length > 125) {
    short = 126;
    extended = new Uint8Array(2);
    new DataView(extended.buffer).setUint16(0, length);
  }
  const first = 0x80 | opcode;
  const second = (key ? 0x80 : 0) | short;
  return { opcode, first, second, extended, key, payload };
}

/** The payload of a Close: the code in network order, then the reason. */
export function closePayload(code, reason = "") {
  if (code === undefined) {
    return new Uint8Array(0);
  }
  return Uint8Array.of(code >> 8, code & 0xff, ...new TextEncoder().encode(reason));
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** Bytes from hexadecimal digits, or null if that isn't what it is. */
export function fromHex(text) {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) {
    return null;
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

const bits = (value, count) => value.toString(2).padStart(count, "0");
export const counted = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content); // strings become text, never HTML
  return made;
}

/** One field: its bytes, and what they say. */
const field = (name, bytes, ...meaning) =>
  element("span", `field ${name}`, element("b", "", ...bytes), element("small", "", ...meaning));

/** A frame's bytes, field by field. */
export function showFrame({ opcode, first, second, extended, key, payload }) {
  const shown = element("div", "frame");
  const [high, low] = hex([first]);
  shown.append(field("first", [element("i", "fin", high), element("i", "opcode", low)],
    element("i", "fin", `FIN ${first >> 7} · RSV ${bits((first >> 4) & 7, 3)}`), " · ",
    element("i", "opcode", `opcode ${bits(opcode, 4)} ${NAMES[opcode]}`)));
  const short = second & 0x7f;
  const says = extended.length ? `the next ${extended.length} bytes say it` : "";
  shown.append(field("second", [element("i", second >> 7 ? "mask" : "length", hex([second]))],
    element("i", "mask", `MASK ${second >> 7}`), " · ", element("i", "length", `length ${short}`), says && `: ${says}`));
  if (extended.length) {
    shown.append(field("length", [hex(extended)], `length ${payload.length.toLocaleString("en")}`));
  }
  if (key) {
    shown.append(field("key", [hex(key)], "masking key"));
  }
  if (payload.length) {
    const rest = payload.length - SHOWN;
    const more = rest > 0 ? ` … ${counted(rest, "more byte")}` : "";
    const plain = payload.subarray(0, SHOWN);
    const sent = key ? plain.map((byte, at) => byte ^ key[at % 4]) : plain;
    const meaning = key ? `payload, masked; without the mask ${hex(plain)}${more}` : "payload";
    shown.append(field("payload", [hex(sent) + more], meaning));
  }
  return shown;
}
