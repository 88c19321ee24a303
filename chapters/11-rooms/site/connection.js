/** The first pause before connecting again, and the longest, in milliseconds. */
const FIRST = 250;
const LONGEST = 5_000;

/** Close codes after which nobody should come back by himself: all is done, or he was put out. */
const FOR_GOOD = [1000, 1008];

/**
 * Chapter 08's connection, which comes back when it is lost; and as one that the room knows.
 *
 * It keeps the token that the server has given it, and the number of the last event that it has seen.
 * Its lines are numbered. Until the server says that a line was heard, it is kept, and sent again after
 * each break: that is safe, because a number is heard once.
 */
export class Connection {
  #url;
  #calls;
  #socket;
  #attempts = 0;
  #timer;
  #token;
  #room;
  #seen = 0;
  #number = 0;
  #unheard = [];

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
    const socket = new WebSocket(`${this.#url}${this.#query()}`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#calls.opened());
    socket.addEventListener("message", ({ data }) => {
      this.#attempts = 0;
      this.#receive(JSON.parse(data));
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

  #query() {
    const known = { token: this.#token, room: this.#room, seen: this.#seen };
    return this.#token ? `?${new URLSearchParams(known)}` : "";
  }

  #receive(object) {
    switch (object.kind) {
      case "token":
        this.#token = object.token;
        return;
      case "heard":
        this.#unheard = this.#unheard.filter(({ number }) => number > object.number);
        return;
      case "welcome":
        if (object.room !== this.#room) {
          this.#room = object.room;
          this.#seen = 0;
          this.#unheard = []; // they were for another room
        }
        this.#calls.received(object);
        this.#unheard.forEach((line) => this.#send(line));
        return;
      default:
        this.#seen = Math.max(this.#seen, object.id ?? 0);
        this.#calls.received(object);
    }
  }

  #send(line) {
    this.#socket.send(JSON.stringify(line));
  }

  /** Doesn't wait any longer, if it does. */
  hurry() {
    if (this.#timer !== undefined) {
      this.connect();
    }
  }

  /** Twice as long each time, and not as long as the others: else all would come at once. */
  #pause() {
    const pause = Math.min(FIRST * 2 ** this.#attempts, LONGEST);
    this.#attempts++;
    return pause * (0.5 + Math.random());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait in the browser. */
  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends what was typed, until it is heard. */
  say(typed) {
    this.#number++;
    const line = { say: typed, number: this.#number };
    this.#unheard.push(line);
    this.#send(line);
  }
}
