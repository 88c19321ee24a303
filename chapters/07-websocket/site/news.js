const byId = (id) => document.getElementById(id);

/** Before asking again a server that didn't answer, in milliseconds. */
const PAUSE = 1000;

/** What is counted of one way, and its row. */
class Way {
  constructor(id, name, path) {
    const row = document.createElement("tr");
    row.id = id;
    const head = document.createElement("th");
    head.scope = "row";
    const code = document.createElement("code");
    code.textContent = path;
    head.append(name, " ", code);
    row.append(head);
    this.cells = {};
    for (const column of ["news", "requests", "vain", "missed", "bytes", "delay"]) {
      this.cells[column] = document.createElement("td");
      this.cells[column].className = column;
      row.append(this.cells[column]);
    }
    byId("ways").append(row);
    this.reset();
  }

  reset() {
    Object.assign(this, { news: 0, requests: 0, vain: 0, missed: 0, bytes: 0, delay: 0, last: undefined });
    this.show();
  }

  asks() {
    this.requests++;
    this.show();
  }

  /** A time has come, which is news or not. */
  told(text, bytes) {
    const now = Date.now();
    const time = Date.parse(text);
    if (this.last === undefined) {
      this.last = time; // it was there before the page asked for the first time: nobody's delay
      return;
    }
    this.bytes += bytes;
    if (time === this.last) {
      this.vain++;
    } else {
      this.news++;
      this.delay += now - time;
      this.missed += Math.max(0, Math.round((time - this.last) / 1000) - 1);
      this.last = time;
    }
    this.show();
  }

  show() {
    const number = (value) => Math.round(value).toLocaleString("en");
    const { cells, news } = this;
    cells.news.textContent = number(news);
    cells.requests.textContent = number(this.requests);
    cells.vain.textContent = number(this.vain);
    cells.missed.textContent = number(this.missed);
    cells.bytes.textContent = news ? number(this.bytes / news) : "–";
    cells.delay.textContent = news ? `${number(this.delay / news)} ms` : "–";
  }
}

const ways = {
  poll: new Way("poll", "Short polling", "/poll"),
  longPoll: new Way("long-poll", "Long polling", "/long-poll"),
  events: new Way("events", "Server-Sent Events", "/events"),
  socket: new Way("socket", "WebSocket", "/ws/broadcast-time"),
};

/** Asks once, and counts. */
async function ask(way, path, signal) {
  way.asks();
  const response = await fetch(path, { signal, cache: "no-store" });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${response.status}`);
  }
  way.told(text, Number(response.headers.get("Request-Bytes")) + headBytes(response) + text.length);
  return text;
}

/** How long the head of an answer was: a page sees all its fields, if it comes from the page's own server. */
function headBytes({ status, statusText, headers }) {
  let length = `HTTP/1.1 ${status} ${statusText}\r\n\r\n`.length;
  for (const [name, value] of headers) {
    length += `${name}: ${value}\r\n`.length;
  }
  return length;
}

/** Waits, but not longer than the signal lets it. */
const wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

async function shortPolling(signal) {
  while (!signal.aborted) {
    await ask(ways.poll, "/poll", signal).catch(() => {}); // the next one may succeed
    await wait(Number(byId("period").value), signal);
  }
}

async function longPolling(signal) {
  let known = "";
  while (!signal.aborted) {
    try {
      known = await ask(ways.longPoll, `/long-poll?after=${encodeURIComponent(known)}`, signal);
    } catch {
      await wait(PAUSE, signal);
    }
  }
}

function serverSentEvents(signal) {
  const source = new EventSource("/events");
  ways.events.asks();
  source.onmessage = ({ data }) => ways.events.told(data, `data: ${data}\n\n`.length);
  source.onerror = () => ways.events.asks(); // again, by itself
  signal.addEventListener("abort", () => source.close());
}

function webSocket(signal) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/broadcast-time`);
  ways.socket.asks();
  socket.onmessage = ({ data }) => ways.socket.told(data, 2 + data.length);
  socket.onclose = async () => {
    await wait(PAUSE, signal);
    if (!signal.aborted) {
      webSocket(signal);
    }
  };
  signal.addEventListener("abort", () => socket.close(1000));
}

let running;

function start() {
  running = new AbortController();
  for (const way of Object.values(ways)) {
    way.last = undefined;
  }
  shortPolling(running.signal);
  longPolling(running.signal);
  serverSentEvents(running.signal);
  webSocket(running.signal);
}

byId("switch").addEventListener("click", () => {
  if (running) {
    running.abort();
    running = undefined;
  } else {
    start();
  }
  byId("switch").textContent = running ? "Stop" : "Start";
});
byId("reset").addEventListener("click", () => {
  const was = running;
  was?.abort();
  for (const way of Object.values(ways)) {
    way.reset();
  }
  if (was) {
    start();
  }
});
start();
