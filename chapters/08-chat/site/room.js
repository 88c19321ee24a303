/** As many lines a newcomer is told that were said before, and as many names; see room.rs. */
const HISTORY = 20;
const NAMED = 100;

/** The longest line, in bytes; see command.rs. */
export const MAX_LINE = 1000;

/** How many bytes of UTF-8 a text has. */
export const bytes = (text) => new TextEncoder().encode(text).length;

/**
 * What a page knows of the room. It takes what the server sends, and makes items to show of it; of
 * documents it knows nothing.
 *
 * An item has a kind and parts: strings, and names as { nick }.
 */
export class Room {
  nick = "";
  /** How many are here, and the names of them that are known. */
  here = 0;
  members = [];
  /** What was sent and hasn't come back. */
  unconfirmed = [];

  /** Which room this is. The numbers of events in another one mean nothing here. */
  #room = "";
  /** The number of the last public event that was shown. */
  #seen = 0;
  /** What was said before this page came, as far as it is told that. */
  #before = { last: 0, after: undefined, count: 0, oldest: 0, first: undefined };

  /** Takes an object: what is to be shown of it. */
  receive(object) {
    switch (object.kind) {
      case "welcome":
        return this.#welcome(object);
      case "said":
      case "action":
        return this.#public(object, this.#line(object));
      case "joined":
        this.#add(object.nick);
        return this.#public(object, event({ nick: object.nick }, " joined"));
      case "left":
        this.#remove(object.nick);
        return this.#public(object, event({ nick: object.nick }, object.why ? ` left (${object.why})` : " left"));
      case "crowd": {
        // The names aren't told; /who tells them.
        this.here += object.joined - object.left;
        const parts = [];
        if (object.joined) parts.push(`${object.joined} joined`);
        if (object.left) parts.push(`${object.left} left`);
        return this.#public(object, event(parts.join(", ")));
      }
      case "renamed":
        return this.#public(object, this.#renamed(object));
      case "private":
        return [this.#private(object)];
      case "members":
        this.here = object.here;
        this.members = object.nicks;
        return [event(...this.#names())];
      case "notice":
        return [{ kind: "notice", parts: [object.text] }];
      case "refused":
        this.#refused();
        return [{ kind: "refused", parts: ["! ", { text: object.text }] }];
      default:
        return []; // of a newer server
    }
  }

  #welcome({ nick, room, last, here, members }) {
    const again = room === this.#room;
    const restarted = this.#room !== "" && !again;
    Object.assign(this, { nick, here, members });
    this.#room = room;
    if (!again) {
      this.#seen = 0;
    }
    this.#before = { last, after: again ? this.#seen : undefined, count: 0, oldest: 0, first: undefined };
    const welcome = event(again ? "back as " : "welcome, ", { nick }, `: ${here} here`);
    return restarted ? [event("the server was started anew, and this is another room"), welcome] : [welcome];
  }

  // ANCHOR: public
  /** Whatever has a number is shown once. */
  #public(object, item) {
    const { id } = object;
    const was = id < this.#before.last;
    const missing = was ? this.#missedBefore(id) : this.#missedNow(id);
    if (id <= this.#seen) {
      return missing;
    }
    this.#seen = id;
    if (was) {
      this.#before.first ??= item;
      this.#confirm(object.kind, object.text, (one) => one.lost && one.nick === object.nick);
    } else if (item.mine) {
      this.#confirm(object.kind, object.text, (one) => !one.lost);
    }
    return [...missing, item];
  }
  // ANCHOR_END: public

  /**
   * After a pause the server tells what was said last. If that is as much as it ever tells, and
   * all of it is new, then there may have been more.
   */
  #missedBefore(id) {
    const before = this.#before;
    before.oldest ||= id;
    before.count++;
    const all = before.count === HISTORY && before.after !== undefined && before.oldest > before.after + 1;
    return all ? [{ kind: "gap", parts: ["! some lines may be missing here"], above: before.first }] : [];
  }

  #missedNow(id) {
    const expected = Math.max(this.#seen, this.#before.last) + 1;
    return id > expected ? [{ kind: "gap", parts: ["! some lines are missing here"] }] : [];
  }

  #line({ kind, id, nick, text }) {
    const was = id < this.#before.last;
    const parts = kind === "said" ? [{ nick }, ": ", { text }] : ["* ", { nick }, " ", { text }];
    return { kind, parts, was, mine: !was && nick === this.nick };
  }

  #private({ from, to, text }) {
    const mine = from === this.nick;
    if (mine) {
      this.#confirm("private", text, (one) => !one.lost);
    }
    const names = mine ? ["you to ", { nick: to }] : [{ nick: from }, " to you"];
    return { kind: "private", parts: ["private, ", ...names, ": ", { text }], mine };
  }

  #renamed({ from, to }) {
    this.#remove(from);
    this.#add(to);
    if (from !== this.nick) {
      return event({ nick: from }, " is now ", { nick: to });
    }
    this.nick = to;
    return event("you are now ", { nick: to });
  }

  #add(nick) {
    this.here++;
    if (this.members.length === NAMED) {
      return; // in a room of thousands, nobody reads a list
    }
    this.members = [...this.members, nick].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
  }

  #remove(nick) {
    this.here--;
    this.members = this.members.filter((other) => other !== nick);
  }

  #names() {
    const names = this.members.flatMap((nick, at) => (at ? [", ", { nick }] : [{ nick }]));
    const more = this.here - this.members.length;
    return [`${this.here} here: `, ...names, ...(more > 0 ? [` and ${more} more`] : [])];
  }

  /** Something has been sent. Lines come back to who has said them; of commands only some do. */
  sent(typed) {
    const { nick } = this;
    const [, word, rest] = /^(\/\S*)?\s*(.*)$/su.exec(typed.replace(/^[\s\p{C}\p{DI}]+(?=\/)/u, ""));
    const told = /^\S+\s+(.*)$/su.exec(rest);
    if (!word || word.startsWith("//")) {
      this.unconfirmed.push({ kind: "said", text: word ? typed.slice(1) : typed, typed, nick });
    } else if (word === "/me" && rest) {
      this.unconfirmed.push({ kind: "action", text: rest, typed, nick });
    } else if (word === "/msg" && told) {
      this.unconfirmed.push({ kind: "private", text: told[1], typed, nick });
    }
  }

  /** A line of one's own has come back. Those sent before it have had their answer, too. */
  #confirm(kind, text, may) {
    const at = this.unconfirmed.findIndex((one) => may(one) && one.kind === kind && plain(one.text) === plain(text));
    if (at >= 0) {
      this.unconfirmed = this.unconfirmed.filter((one, index) => index > at || (one.lost && index !== at));
    }
  }

  /** Of what is waited for, only private lines can be refused. */
  #refused() {
    const at = this.unconfirmed.findIndex((one) => !one.lost);
    if (at >= 0 && this.unconfirmed[at].kind === "private") {
      this.unconfirmed.splice(at, 1);
    }
  }

  /** The connection is lost: nobody knows whether what was on its way has arrived. */
  lost() {
    this.unconfirmed.forEach((one) => {
      one.lost = true;
    });
  }

  forget(one) {
    this.unconfirmed = this.unconfirmed.filter((other) => other !== one);
  }
}

const event = (...parts) => ({ kind: "event", parts });

/** A text without what the server trims, or puts something visible for. */
const plain = (text) => text.replace(/[\p{C}\s\u2400-\u2421\ufffd]/gu, "");
