const byId = (id) => document.getElementById(id);

/** The token stands behind the # of the link: no server and no log has seen it there. */
const token = () => location.hash.slice(1);

/** Sends the token, by POST, and tells what the server says. */
async function post(path, fields) {
  try {
    const response = await fetch(path, { method: "POST", body: new URLSearchParams({ token: token(), ...fields }) });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: "The server doesn't answer." };
  }
}

async function look() {
  byId("ask").hidden = true;
  if (window.top !== window) {
    // Around it, another page could have a click on something else land on “Yes”.
    byId("state").textContent = "This page asks nothing as a part of another page.";
    return;
  }
  const { status, text } = await post("/login/look");
  if (status !== 200) {
    byId("state").textContent = text;
    return;
  }
  const [address, browser] = text.split("\n");
  byId("address").textContent = address;
  byId("browser").textContent = browser;
  byId("state").textContent = "";
  byId("ask").hidden = false;
}

byId("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = event.submitter.value;
  byId("answers").disabled = true; // twice would be once too often
  const { status, text } = await post(`/login/${answer}`, { name: byId("name").value });
  byId("state").textContent = text;
  byId("answers").disabled = false;
  byId("ask").hidden = status !== 400; // of which the name is to blame
});

window.addEventListener("hashchange", () => location.reload()); // another code, in the same tab
look();
