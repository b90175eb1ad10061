// One phone: its list of chats, the open chat, and what its person does.

import { get, person, post } from "./calls.js";
import { element, show } from "./bubbles.js";

const SOMETHING = {
  image: { type: "image" }, voice: { type: "voice", voice: {} }, document: { type: "document" },
  sticker: { type: "sticker" },
  location: { type: "location", location: { latitude: 59.3193, longitude: 18.0717, name: "Slussen", address: "Stockholm" } },
  contacts: { type: "contacts", contacts: [{ name: { formatted_name: "Olle Ek", first_name: "Olle" }, phones: [{ phone: "+46701740699" }] }] },
  unsupported: { type: "unsupported", unsupported: "poll_creation" },
};

export class Phone {
  #number; #root; #channel = null; #about = null; #drawn = ""; #busy = false; #again = false;

  constructor(number, link = "") {
    this.#number = number;
    this.#root = document.querySelector("#phone").content.firstElementChild.cloneNode(true);
    this.#root.dataset.number = number;
    this.#part(".scan input").value = link;
    this.#listen();
    this.refresh();
  }

  get number() { return this.#number; }
  get root() { return this.#root; }

  #part(selector) { return this.#root.querySelector(selector); }

  #listen() {
    const on = (selector, event, run) => this.#part(selector).addEventListener(event, (happened) => {
      if (event === "submit") happened.preventDefault();
      this.#try(() => run(happened));
    });
    on(".back", "click", () => this.#open(null));
    on(".put-away", "click", () => this.#root.remove());
    on(".is-online", "change", ({ target }) => post("/people", { number: this.#number, online: target.checked }));
    on(".scan", "submit", () => this.#scan());
    on(".write", "submit", () => this.#write());
    on(".forget", "click", () => this.#speakOf(null));
    on(".attach input", "change", ({ target }) => this.#attach(target));
    on(".more", "change", ({ target }) => this.#something(target));
    on("textarea", "keydown", (key) => {
      if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
      key.preventDefault();
      return this.#write();
    });
  }

  async #try(run) {
    try {
      this.#part(".problem").textContent = "";
      await run();
    } catch (problem) {
      this.#part(".problem").textContent = problem.message;
    }
    this.refresh();
  }

  #call(name, body) { return post(`${person(this.#number)}/${name}`, body); }

  async #open(channel) {
    this.#channel = channel;
    this.#drawn = "";
    this.#speakOf(null);
    await this.#call("open", channel ? { channel } : { open: false });
  }

  async #scan() {
    const field = this.#part(".scan input");
    const scanned = await this.#call("scan", { link: field.value.trim(), send: true });
    field.value = "";
    await this.#open(scanned.channel);
  }

  async #write() {
    const field = this.#part("textarea"), about = this.#about, text = field.value.trim();
    if (!text) return;
    if (about?.edits) await this.#call("edit", { wamid: about.wamid, text });
    else await this.#call("send", { channel: this.#channel, text, ...this.#quoting() });
    field.value = "";
    this.#speakOf(null);
  }

  #quoting() { return this.#about && !this.#about.edits ? { reply_to: this.#about.wamid } : {}; }

  async #attach(field) {
    const form = new FormData();
    form.set("file", field.files[0]);
    form.set("channel", this.#channel);
    if (this.#quoting().reply_to) form.set("reply_to", this.#quoting().reply_to);
    const caption = this.#part("textarea").value.trim();
    if (caption) form.set("caption", caption);
    field.value = "";
    await this.#call("media", form);
    this.#part("textarea").value = "";
    this.#speakOf(null);
  }

  async #something(field) {
    const chosen = SOMETHING[field.value];
    field.value = "";
    if (!chosen) return;
    const bare = chosen[chosen.type] === undefined ? { [chosen.type]: {} } : {};
    await this.#call("send", { channel: this.#channel, ...chosen, ...bare, ...this.#quoting() });
    this.#speakOf(null);
  }

  #speakOf(about) {
    this.#about = about;
    const row = this.#part(".about-message");
    row.classList.toggle("shown", about !== null);
    row.firstElementChild.textContent = about ? `${about.edits ? "Edit" : "Reply to"}: ${about.text || about.type}` : "";
    if (about) this.#part("textarea").focus();
  }

  #actions = {
    tap: (bubble, button) => this.#try(() => this.#call("tap", { message: bubble.wamid, payload: button.payload, channel: this.#channel })),
    quote: (bubble) => this.#speakOf(bubble),
    react: (bubble, emoji) => this.#try(() => this.#call("react", { wamid: bubble.wamid, emoji })),
    edit: (bubble) => {
      this.#speakOf({ ...bubble, edits: true });
      this.#part("textarea").value = bubble.text;
    },
    remove: (bubble) => this.#try(() => this.#call("delete", { wamid: bubble.wamid })),
  };

  // Reads everything anew; calls that come meanwhile are answered by one more reading.
  async refresh() {
    if (this.#busy) { this.#again = true; return; }
    this.#busy = true;
    do {
      this.#again = false;
      try { await this.#read(); } catch (problem) { this.#part(".problem").textContent = problem.message; }
    } while (this.#again);
    this.#busy = false;
  }

  async #read() {
    const { people } = await get("/people");
    const me = people.find((one) => one.number === this.#number);
    if (!me) return this.#root.remove();
    this.#part(".is-online").checked = me.online;
    this.#root.classList.toggle("in-chat", this.#channel !== null);
    this.#root.classList.toggle("at-list", this.#channel === null);
    this.#part(".title").textContent = me.name;
    if (this.#channel === null) {
      this.#part(".about").textContent = me.number;
      this.#list((await get(`${person(this.#number)}/chats`)).chats);
    } else {
      await this.#drawChat(me);
    }
  }

  #list(chats) {
    const rows = chats.map((chat) => {
      const item = element("li"), button = element("button");
      button.append(element("strong", "", chat.name || chat.number || chat.channel));
      button.append(chat.unread ? element("span", "unread", String(chat.unread)) : element("span"));
      button.append(element("span", "last", chat.last ? chat.last.text || chat.last.type : ""));
      button.onclick = () => this.#try(() => this.#open(chat.channel));
      item.append(button);
      return item;
    });
    this.#part(".chats").replaceChildren(...rows);
  }

  async #drawChat(me) {
    const chat = await get(`${person(this.#number)}/chats/${encodeURIComponent(this.#channel)}`);
    const hours = Math.floor(chat.window_seconds / 3600);
    const state = chat.typing ? "typing …" : chat.window_seconds > 0 ? `window open for ${hours} h` : "window closed";
    this.#part(".about").textContent = `${me.number} with ${chat.name || chat.number}, ${state}`;
    const drawn = JSON.stringify(chat.bubbles);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const list = this.#part(".chat");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60 || !list.children.length;
    list.replaceChildren(...chat.bubbles.map((one) => show(one, chat.bubbles, this.#number, this.#actions)));
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}
