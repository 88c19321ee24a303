/** The first pause before connecting again, and the longest, in milliseconds. */
const FIRST = 500;
const LONGEST = 20_000;

/** Close codes after which nobody should come back by himself: all is done, or he was put out. */
const FOR_GOOD = [1000, 1008];

/**
 * A connection that comes back when it is lost.
 *
 * It calls `opened()`, `received(object)` and `closed({ code, reason, pause })`. The pause is how
 * long it waits before it tries again, in milliseconds, or undefined if it won't.
 */
export class Connection {
  #url;
  #calls;
  #socket;
  #attempts = 0;
  #timer;

  constructor(url, calls) {
    this.#url = url;
    this.#calls = calls;
  }

  /** Connects, unless that is done or under way. */
  connect() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#socket) {
      return;
    }
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#calls.opened());
    socket.addEventListener("message", ({ data }) => {
      this.#attempts = 0; // a server that only lets in and breaks off isn't back yet
      this.#calls.received(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.#socket = undefined;
      const pause = FOR_GOOD.includes(code) ? undefined : this.#pause();
      if (pause !== undefined) {
        this.#timer = setTimeout(() => this.connect(), pause);
      }
      this.#calls.closed({ code, reason, pause });
    });
  }

  /** Doesn't wait any longer, if it does. */
  hurry() {
    if (this.#timer !== undefined) {
      this.connect();
    }
  }

  // ANCHOR: pause
  /** Twice as long each time, and not as long as the others: else all would come at once. */
  #pause() {
    const pause = Math.min(FIRST * 2 ** this.#attempts, LONGEST);
    this.#attempts++;
    return pause * (0.5 + Math.random());
  }
  // ANCHOR_END: pause

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait in the browser. */
  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends what was typed. While connecting, `send` would throw; when closed, drop it silently. */
  say(typed) {
    this.#socket.send(JSON.stringify({ say: typed }));
  }
}
