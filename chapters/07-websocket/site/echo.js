"use strict";

const byId = (id) => document.getElementById(id);
const STATES = ["connecting", "open", "closing", "closed"];
let socket;

/** Adds a line to the log: what happened, and which way it went. */
function log(text, direction = "") {
  const line = document.createElement("li");
  line.className = direction;
  line.textContent = text;
  byId("log").append(line);
}

function show() {
  const state = STATES[socket.readyState];
  byId("state").textContent = state;
  byId("switch").textContent = state === "closed" ? "Connect" : "Close";
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    log("open");
    show();
  };
  socket.onmessage = ({ data }) => {
    const text = typeof data === "string" ? data : hex(new Uint8Array(data));
    log(`◀ ${text}`, "in");
  };
  socket.onclose = ({ code, reason, wasClean }) => {
    log(`closed: ${code} ${reason}${wasClean ? "" : " (not cleanly)"}`);
    show();
  };
  show();
}

/** Sends data, and shows it. A socket that isn't open would drop it without a word. */
function send(data, shown) {
  if (socket.readyState !== WebSocket.OPEN) {
    log("not sent: the connection is not open");
    return;
  }
  socket.send(data);
  log(`▶ ${shown}`, "out");
}

byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  send(byId("text").value, byId("text").value);
});
byId("bytes").addEventListener("click", () => {
  const bytes = new TextEncoder().encode(byId("text").value);
  send(bytes, hex(bytes));
});
byId("switch").addEventListener("click", () => {
  if (socket.readyState === WebSocket.CLOSED) {
    connect();
  } else {
    socket.close(1000, "done");
    show();
  }
});
connect();
