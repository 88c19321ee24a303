import { BINARY, CLOSE, PING, PONG, TEXT, closePayload, counted, element, frame, fromHex, randomKey, showFrame } from "./frames.js";

const byId = (id) => document.getElementById(id);
const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** Entries of the log that are kept. */
const KEPT = 60;

/** As much may wait in the browser before pacing makes a pause, in bytes. */
const THRESHOLD = 10240;

let socket;
/** Whether the page itself has closed: then it doesn't connect again. */
let closedHere = false;
let attempts = 0;
let retry;
/** When a question was sent whose answer shows that the server is there. */
let asked = null;
let highest = 0;

// What is shown.

function log(direction, title, shown) {
  const time = new Date().toLocaleTimeString("en-GB", { hour12: false });
  const line = element("li", direction, element("p", "", element("time", "", time), ` ${title}`));
  if (shown) {
    line.append(showFrame(shown));
  }
  byId("log").prepend(line);
  while (byId("log").childElementCount > KEPT) {
    byId("log").lastElementChild.remove();
  }
}

const quoted = (text) => (text.length > 60 ? `“${text.slice(0, 60)}…”` : `“${text}”`);

function show() {
  const state = socket ? socket.readyState : WebSocket.CLOSED;
  byId("state").textContent = `${state} ${STATES[state]}`;
  byId("protocol").textContent = socket?.protocol || "none";
  byId("extensions").textContent = socket?.extensions || "none";
  byId("connect").disabled = state !== WebSocket.CLOSED;
  for (const button of document.querySelectorAll(".when-open")) {
    button.disabled = state !== WebSocket.OPEN;
  }
}

/** The browser tells nobody when `bufferedAmount` changes: one has to look. */
function look() {
  const amount = socket?.bufferedAmount ?? 0;
  highest = Math.max(highest, amount);
  byId("buffered").textContent = `${counted(amount, "byte")} (highest: ${highest.toLocaleString("en")})`;
  if (amount > 0 && socket.readyState !== WebSocket.CLOSED) {
    requestAnimationFrame(look);
  }
}

// The connection.

function connect() {
  clearTimeout(retry);
  byId("retry").textContent = "";
  closedHere = false;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const path = byId("path").value;
  const offer = byId("offer").value.split(",").map((name) => name.trim()).filter(Boolean);
  try {
    socket = new WebSocket(`${scheme}//${location.host}${path}`, offer);
  } catch (error) {
    return log("event", `not connected: ${error.message}`);
  }
  socket.binaryType = "arraybuffer"; // else a Blob, which is read later
  socket.addEventListener("open", () => {
    attempts = 0;
    log("event", `open: the server has answered 101, and ${path} speaks WebSocket`);
    show();
  });
  socket.addEventListener("message", ({ data }) => received(data));
  socket.addEventListener("error", () => log("event", "error: a page isn't told which"));
  socket.addEventListener("close", closed);
  log("event", `connecting to ${socket.url}`);
  show();
}

function closed({ code, reason, wasClean }) {
  // 1005: there was a Close without a code. 1006: there was none at all. Neither is ever sent.
  if (wasClean) {
    const payload = closePayload(code === 1005 ? undefined : code, reason);
    log("in", `close, ${counted(payload.length, "byte")}`, frame(CLOSE, payload));
  }
  log("event", `closed: code ${code}, reason ${quoted(reason)}, ${wasClean ? "clean" : "not clean"}`);
  asked = null;
  show();
  look();
  if (!closedHere && byId("again").checked) {
    connectLater();
  }
}

/** Waits twice as long each time, and not as long as the others: else all would come at once. */
function connectLater() {
  const delay = Math.min(250 * 2 ** attempts, 10_000) * (0.5 + Math.random());
  attempts++;
  byId("retry").textContent = `Attempt ${attempts} in ${(delay / 1000).toFixed(1)} s`;
  retry = setTimeout(connect, delay);
}

function received(data) {
  if (typeof data === "string") {
    if (asked && data === asked.text) {
      byId("answered").textContent = `answered after ${(performance.now() - asked.at).toFixed(1)} ms`;
      asked = null;
    }
    const bytes = new TextEncoder().encode(data);
    log("in", `text, ${counted(bytes.length, "byte")}: ${quoted(data)}`, frame(TEXT, bytes));
  } else {
    const bytes = new Uint8Array(data);
    log("in", `binary, ${counted(bytes.length, "byte")}`, frame(BINARY, bytes));
  }
}

/** Sends a message. While connecting, `send` would throw; when closed, it would drop it silently. */
function send(message) {
  if (socket.readyState !== WebSocket.OPEN) {
    return log("event", "not sent: the connection isn't open");
  }
  socket.send(message);
  if (typeof message === "string") {
    const bytes = new TextEncoder().encode(message);
    log("out", `text, ${counted(bytes.length, "byte")}: ${quoted(message)}`, frame(TEXT, bytes, randomKey()));
  } else {
    log("out", `binary, ${counted(message.length, "byte")}`, frame(BINARY, message, randomKey()));
  }
  look();
}

/** Begins the closing handshake. Without a code, there is no reason either. */
function close(code, reason) {
  try {
    if (code === undefined) {
      socket.close();
    } else {
      socket.close(code, reason);
    }
  } catch (error) {
    return log("event", `not closed: ${error.message}`);
  }
  closedHere = true;
  const payload = closePayload(code, reason);
  log("out", `close, ${counted(payload.length, "byte")}`, frame(CLOSE, payload, randomKey()));
  show();
}

// A question of our own, as a page can't send a Ping.

function ask() {
  if (asked || socket?.readyState !== WebSocket.OPEN) {
    return;
  }
  const text = `are you there? ${Math.random().toString(36).slice(2, 8)}`;
  asked = { text, at: performance.now() };
  byId("answered").textContent = "asked …";
  send(text);
}

// Much at once, and with pacing.

const PIECE = new Uint8Array(64 * 1024).fill(0x6d);
const PIECES = 64;

function flood(paced) {
  const target = socket;
  let left = PIECES;
  highest = 0;
  const timer = setInterval(step, 5);
  function step() {
    while (left > 0 && target.readyState === WebSocket.OPEN && (!paced || target.bufferedAmount < THRESHOLD)) {
      send(PIECE);
      left--;
    }
    if (left === 0 || target.readyState !== WebSocket.OPEN) {
      clearInterval(timer);
    }
  }
  step();
}

byId("connect").addEventListener("click", connect);
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  send(byId("text").value);
});
byId("bytes").addEventListener("submit", (event) => {
  event.preventDefault();
  const bytes = fromHex(byId("hex").value);
  if (bytes) {
    send(bytes);
  } else {
    log("event", "not sent: bytes are pairs of hexadecimal digits, like 00 ff 7e");
  }
});
byId("goodbye").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = byId("code").value.trim();
  close(code === "" ? undefined : Number(code), byId("reason").value);
});
byId("ask").addEventListener("click", ask);
byId("at-once").addEventListener("click", () => flood(false));
byId("paced").addEventListener("click", () => flood(true));
byId("clear").addEventListener("click", () => byId("log").replaceChildren());
byId("path").addEventListener("change", () => {
  if (socket.readyState === WebSocket.OPEN) {
    socket.addEventListener("close", connect);
    close(1000, "another path");
  }
});
setInterval(() => byId("heartbeat").checked && ask(), 5000);
byId("ping").append("◀ from the server", showFrame(frame(PING, new Uint8Array(0))));
byId("pong").append("▶ to the server", showFrame(frame(PONG, new Uint8Array(0), randomKey())));
connect();
