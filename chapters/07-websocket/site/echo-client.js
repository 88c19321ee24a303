function log(text) {
  const line = document.createElement("p");
  line.textContent = text;
  document.getElementById("output").append(line);
  console.log(text);
}

function setup() {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/ws");
  socket.onopen = () => {
    log("Connected");
    socket.send("Hello WebSocket!");
    log("Message sent");
  };
  socket.onmessage = ({ data }) => {
    log(`Message received: ${data}`);
    socket.close();
  };
  socket.onclose = ({ code, reason }) => {
    log(`Disconnected: ${code}${reason && ` ${reason}`}`);
  };
  socket.onerror = () => log("Error");
}

if ("WebSocket" in window) {
  setup();
} else {
  log("This browser has no WebSocket");
}
