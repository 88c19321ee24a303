const byId = (id) => document.getElementById(id);

/** What is shown below the state: the code, or what comes behind it, or neither. */
function show(state, section) {
  byId("state").textContent = state;
  byId("code").hidden = section !== "code";
  byId("inside").hidden = section !== "inside";
}

let countdown;

/** Counts down to when the server takes the code back. It is the server who decides that. */
function count(seconds) {
  const end = performance.now() + seconds * 1000;
  const tick = () => {
    byId("left").textContent = `${Math.max(0, Math.ceil((end - performance.now()) / 1000))} seconds`;
  };
  tick();
  countdown = setInterval(tick, 1000);
}

/** A message is a word, and what belongs to it. */
const received = {
  code(text) {
    const [seconds, link] = text.split(" ");
    byId("link").href = link;
    byId("shown").textContent = link;
    byId("own-machine").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
    byId("image").hidden = true;
    count(Number(seconds));
    show("Waiting for a phone.", "code");
  },
  image(svg) {
    byId("image").src = `data:image/svg+xml,${encodeURIComponent(svg)}`; // as an image it runs no script
    byId("image").hidden = false;
  },
  confirmed(name) {
    byId("name").textContent = name;
    show("The phone has confirmed.", "inside");
  },
  ended(why) {
    show(why);
  },
};

function ask() {
  let over = false;
  byId("again").hidden = true;
  show("Asking the server for a code …");
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/login`);
  socket.addEventListener("message", ({ data }) => {
    const space = data.indexOf(" ");
    const word = data.slice(0, space);
    over ||= word === "confirmed" || word === "ended";
    received[word](data.slice(space + 1));
  });
  socket.addEventListener("close", ({ code }) => {
    clearInterval(countdown);
    byId("again").hidden = false;
    if (!over) {
      show(`The connection to the server is lost (code ${code}), and the code with it.`);
    }
  });
}

byId("again").addEventListener("click", ask);
ask();
