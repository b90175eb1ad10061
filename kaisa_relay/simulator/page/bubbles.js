// One message as it looks in a chat. Words of people become text nodes, never markup.

import { person } from "./calls.js";

export function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

function file(bubble, number) {
  const source = `/_sim${person(number)}/media/${encodeURIComponent(bubble.media)}`;
  const kind = { image: "img", sticker: "img", video: "video", audio: "audio" }[bubble.type];
  if (!kind) {
    const link = element("a", "", `📄 ${bubble.body?.filename ?? "document"}`);
    link.href = source;
    link.download = bubble.body?.filename ?? "";
    return link;
  }
  const shown = element(kind);
  shown.src = source;
  if (kind === "img") shown.alt = bubble.type;
  else shown.controls = true;
  return shown;
}

function words(bubble) {
  if (bubble.deleted) return "This message was deleted";
  const body = bubble.body ?? {};
  switch (bubble.type) {
    case "location":
      return `📍 ${[body.name, body.address, `${body.latitude}, ${body.longitude}`].filter(Boolean).join("\n")}`;
    case "contacts":
      return body.map((one) => `👤 ${one.name?.formatted_name ?? ""}\n${(one.phones ?? []).map((each) => each.phone).join("\n")}`).join("\n");
    case "unsupported":
      return "A poll, or something else that businesses cannot see";
    default:
      return bubble.text;
  }
}

function buttons(bubble, actions) {
  const row = element("div", "buttons");
  for (const one of bubble.buttons) {
    const button = element("button", "", one.label);
    button.type = "button";
    button.onclick = () => actions.tap(bubble, one);
    row.append(button);
  }
  return row;
}

function foot(bubble, actions) {
  const row = element("div", "foot");
  const act = (label, title, run) => {
    const button = element("button", "", label);
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.onclick = run;
    row.append(button);
  };
  act("↩", "Reply", () => actions.quote(bubble));
  for (const emoji of ["👍", "❤️"]) {
    const mine = bubble.reactions?.me === emoji;
    act(emoji, mine ? `Take ${emoji} back` : `React with ${emoji}`, () => actions.react(bubble, mine ? null : emoji));
  }
  if (bubble.from === "me" && !bubble.deleted) {
    act("✎", "Edit", () => actions.edit(bubble));
    act("🗑", "Delete for everyone", () => actions.remove(bubble));
    row.append(element("span", bubble.ticks === "read" ? "read" : "", bubble.ticks === "read" ? "✓✓" : "✓"));
  }
  row.append(element("time", "", new Date(bubble.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })));
  return row;
}

export function show(bubble, all, number, actions) {
  const item = element("li", bubble.from === "me" ? "me" : "");
  item.dataset.wamid = bubble.wamid;
  if (bubble.forwarded) item.append(element("div", "mark", "Forwarded"));
  if (bubble.reply_to) {
    const quoted = all.find((one) => one.wamid === bubble.reply_to);
    item.append(element("div", "quote", quoted ? words(quoted) || quoted.type : "…"));
  }
  if (bubble.media && !bubble.deleted) item.append(file(bubble, number));
  item.append(element("div", "text", words(bubble)));
  if (bubble.edited) item.append(element("div", "mark", "Edited"));
  if (bubble.buttons.length) item.append(buttons(bubble, actions));
  const reactions = Object.values(bubble.reactions ?? {}).join(" ");
  if (reactions) item.append(element("div", "reactions", reactions));
  item.append(foot(bubble, actions));
  return item;
}
