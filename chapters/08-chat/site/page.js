import { Connection } from "./connection.js";
import { MAX_LINE, Room, bytes } from "./room.js";

const byId = (id) => document.getElementById(id);

/** Lines that are kept. */
const KEPT = 500;

/** From this many bytes on, the room that is left is told. */
const NEARLY = MAX_LINE - 100;

/** More than that may not wait in the browser for the network to take it, in bytes. */
const WAITING = 64 * 1024;

/**
 * A chosen name, kept for as long as the tab lives. A browser that blocks cookies blocks this as well, by
 * throwing: then a reload forgets the name, and all else goes on.
 */
const kept = {
  get nick() {
    try {
      return sessionStorage.getItem("nick");
    } catch {
      return null;
    }
  },
  set nick(nick) {
    try {
      sessionStorage.setItem("nick", nick);
    } catch {
      // forgotten
    }
  },
};

const room = new Room();
const title = document.title;
let unread = 0;

/** Whether this is something that somebody has said, and not the room. */
const isSaid = ({ kind }) => ["said", "action", "private"].includes(kind);

// What is shown. All that comes from others is set as text, never as HTML, and stands in an element
// of its own that keeps its direction to itself: a name from right to left turns nothing around it.

function element(tag, classes, ...children) {
  const made = document.createElement(tag);
  made.className = classes;
  made.append(...children);
  return made;
}

/** A name, in a colour that is the same each time. */
function name(nick) {
  const shown = element("bdi", "nick", nick);
  let hash = 0;
  for (const letter of nick.toLowerCase()) {
    hash = Math.imul(hash + letter.codePointAt(0), 0x9e3779b1) >>> 0; // the golden ratio: similar names end far apart
  }
  shown.style.setProperty("--hue", Math.floor((hash / 2 ** 32) * 360));
  return shown;
}

function part(one) {
  if (typeof one === "string") {
    return one;
  }
  return one.nick === undefined ? element("bdi", "text", one.text) : name(one.nick);
}

/** What shows an item, or a line that hasn't come back. */
const elements = new WeakMap();

/** Whether the newest line is in sight, or nearly so. */
function isAtEnd() {
  const { scrollHeight, scrollTop, clientHeight } = byId("lines");
  return scrollHeight - scrollTop - clientHeight < 40;
}

function scrollToEnd() {
  byId("lines").scrollTop = byId("lines").scrollHeight;
}

function show(item) {
  const lines = byId("lines");
  const follow = item.mine || isAtEnd();
  const line = element("p", item.kind, ...item.parts.map(part));
  line.classList.toggle("mine", Boolean(item.mine));
  line.classList.toggle("was", Boolean(item.was));
  elements.set(item, line);
  const above = item.above && elements.get(item.above);
  lines.insertBefore(line, above?.isConnected ? above : null);
  while (lines.childElementCount > KEPT) {
    lines.firstElementChild.remove();
  }
  if (follow) {
    scrollToEnd();
  } else if (isSaid(item)) {
    byId("newest").hidden = false; // whoever reads further up is left there
  }
  if (document.hidden && isSaid(item) && !item.mine) {
    unread++;
    document.title = `(${unread}) ${title}`;
  }
}

function showMembers() {
  byId("here").textContent = room.here;
  byId("nick").replaceChildren(name(room.nick));
  const more = room.here - room.members.length;
  byId("nicks").replaceChildren(
    ...room.members.map((nick) => element("li", "", name(nick))),
    ...(more > 0 ? [element("li", "more", `and ${more} more`)] : []),
  );
}

/** What hasn't come back: on its way, which is shown once that takes long, or lost. */
function showUnconfirmed() {
  const list = byId("unconfirmed");
  const lines = room.unconfirmed.map((one) => {
    const state = one.lost ? "lost" : "on-its-way";
    let line = elements.get(one);
    if (line?.className !== state) {
      line = element("li", state, element("span", "why", one.lost ? "may not have been said:" : "on its way:"), " ");
      line.append(element("bdi", "text", one.typed), ...(one.lost ? choices(one) : []));
      elements.set(one, line);
    }
    return line;
  });
  [...list.children].filter((line) => !lines.includes(line)).forEach((line) => line.remove());
  list.append(...lines.filter((line) => !line.isConnected));
}

/** Nothing is sent twice by itself: it may have arrived. */
function choices(one) {
  const again = element("button", "", "Send again");
  again.addEventListener("click", () => say(one.typed) && forget(one));
  const drop = element("button", "", "Forget it");
  drop.addEventListener("click", () => forget(one));
  return [again, drop];
}

function forget(one) {
  room.forget(one);
  showUnconfirmed();
  byId("typed").focus();
}

/** Tells how the connection is, and what can be done about that, on a button. */
function showState(text, remedy) {
  byId("state").textContent = text;
  byId("now").textContent = remedy ?? "";
  byId("now").hidden = !remedy;
  byId("send").disabled = !connection.isOpen;
}

// The connection.

/** Why it was lost: what comes of later attempts tells nothing. */
let why = "";

const connection = new Connection(`${location.origin.replace(/^http/, "ws")}/ws`, {
  opened() {
    why = "";
    showState("connected");
  },
  received(object) {
    room.receive(object).forEach(show);
    const { nick } = kept;
    if (object.kind === "welcome" && nick && nick !== room.nick) {
      connection.say(`/nick ${nick}`);
    } else if (object.kind === "renamed" && object.to === room.nick) {
      kept.nick = room.nick;
    }
    if (!isSaid(object)) {
      showMembers();
    }
    showUnconfirmed();
  },
  closed({ code, reason, pause }) {
    room.lost();
    showUnconfirmed();
    why ||= reason || (code === 1000 ? "you have left" : `the connection is lost (code ${code})`);
    if (pause === undefined) {
      return showState(`${why}.`, "Join again");
    }
    showState(`${why}; the next attempt is in ${(pause / 1000).toFixed(1)} s.`, "Try now");
  },
});

/** Sends a line; whether that was possible. */
function say(typed) {
  if (!connection.isOpen) {
    return false; // that is said above
  }
  if (connection.waiting > WAITING) {
    byId("length").textContent = "not sent: the network takes nothing now";
    return false;
  }
  connection.say(typed);
  room.sent(typed);
  showUnconfirmed();
  return true;
}

byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = byId("typed").value.trim();
  if (typed && measure() && say(typed)) {
    byId("typed").value = "";
    measure();
  }
});

/** Tells how long the line is, before it is sent: whether it fits. */
function measure() {
  const left = MAX_LINE - bytes(byId("typed").value.trim());
  const count = Math.abs(left);
  const told = `${count} ${count === 1 ? "byte" : "bytes"} ${left < 0 ? "too many" : "left"}`;
  byId("length").textContent = left < MAX_LINE - NEARLY ? told : "";
  byId("typed").setCustomValidity(left < 0 ? told : "");
  return left >= 0;
}

byId("typed").addEventListener("input", measure);
byId("now").addEventListener("click", () => {
  why = "";
  connection.connect();
});
window.addEventListener("online", () => connection.hurry());
byId("newest").addEventListener("click", scrollToEnd);
let wasAtEnd = true;
byId("lines").addEventListener("scroll", () => {
  wasAtEnd = isAtEnd();
  byId("newest").hidden ||= wasAtEnd;
});
new ResizeObserver(() => wasAtEnd && scrollToEnd()).observe(byId("lines")); // as when a phone's keyboard opens
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    unread = 0;
    document.title = title;
  }
});
byId("members").open = matchMedia("(min-width: 45rem)").matches;
connection.connect();
