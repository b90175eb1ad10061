// The page: phones side by side. `?people=+46…,+46…&link=https://wa.me/…` shows some from the start.

import { follow, get, post } from "./calls.js";
import { Phone } from "./phone.js";

const shown = new Map();
const choice = document.querySelector("#people");

function showPhone(number, link) {
  const known = shown.get(number);
  if (known?.root.isConnected) return known.root.scrollIntoView({ inline: "center" });
  const phone = new Phone(number, link);
  shown.set(number, phone);
  document.querySelector("#phones").append(phone.root);
}

async function listPeople() {
  const { people } = await get("/people");
  const before = choice.value;
  choice.replaceChildren(...people.map((one) => new Option(`${one.name} ${one.number}`, one.number)));
  if (before) choice.value = before;
}

function say(text) { document.querySelector("#state").textContent = text; }

document.querySelector("#pick").addEventListener("submit", (event) => {
  event.preventDefault();
  if (choice.value) showPhone(choice.value);
});

document.querySelector("#add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const { number } = await post("/people", { name: form.elements.name.value.trim(), number: form.elements.number.value });
    form.reset();
    await listPeople();
    showPhone(number);
  } catch (problem) {
    say(problem.message);
  }
});

const asked = new URLSearchParams(location.search);
await listPeople();
const wanted = (asked.get("people") ?? "").split(",").map((one) => one.trim().replace(/^\+?/, "+")).filter((one) => one !== "+");
wanted.forEach((number, index) => showPhone(number, index === 0 ? asked.get("link") ?? "" : ""));

follow((happening) => {
  if (happening === null || happening.kind === "person" || happening.kind === "reset") listPeople();
  for (const phone of shown.values()) {
    const theirs = happening === null || !happening.person || `+${happening.person}` === phone.number;
    if (theirs && phone.root.isConnected) phone.refresh();
  }
}, say);
