// One phone: whose it is, its conversation, and what the person presses.

import { element, get, post, startToken } from "./api.js";
import { Composer } from "./composer.js";
import { arrange, daySeparator, greeting } from "./list.js";
import { bubble } from "./message.js";

const ANSWER_PATIENCE = 12000;
const SAME_GROUP_SECONDS = 120;

export class Pane {
  constructor(role, title, desk) {
    this.role = role;
    this.desk = desk;
    const template = document.getElementById("pane-template");
    this.root = template.content.firstElementChild.cloneNode(true);
    this.root.dataset.role = role;
    this.root.setAttribute("aria-label", title);
    this.find(".picker-label").textContent = title;
    this.log = this.find(".log");
    this.log.setAttribute("aria-label", `${title}: conversation`);
    this.list = this.find(".messages");
    this.select = this.find("select");
    this.shown = new Map(); // message id -> { node, as it was drawn }
    this.waiting = new Map(); // callback query id -> { key, timer }
    this.composer = new Composer(this);
    this.listen();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  listen() {
    this.select.addEventListener("change", () => this.open(Number(this.select.value)));
    this.find(".elsewhere").addEventListener("click", (event) => {
      const chip = event.target.closest("button");
      if (chip) this.open(Number(chip.dataset.chat));
    });
    this.find(".new-phone").addEventListener("click", () => this.attempt(() => this.newPhone()));
    this.find(".block").addEventListener("click", () => this.attempt(() => this.toggleBlock()));
    this.find(".unblock").addEventListener("click", () => this.attempt(() => this.toggleBlock()));
    this.find(".start").addEventListener("click", () => this.attempt(() => this.start()));
    this.listenToInvites();
    this.list.addEventListener("click", (event) => this.pressed(event));
    // Whoever scrolled up to read is left there; whoever is at the end stays at the end.
    this.log.addEventListener("scroll", () => {
      this.atBottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    });
  }

  listenToInvites() {
    const toggle = this.find(".invite-toggle");
    const form = this.find(".invite");
    toggle.addEventListener("click", () => {
      form.hidden = !form.hidden;
      toggle.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) form.querySelector("input").focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const token = startToken(form.querySelector("input").value);
      form.querySelector(".invite-problem").textContent = token
        ? "" : "There is no start token in this. An invite link ends in ?start=…";
      if (!token) return;
      form.reset();
      toggle.click();
      this.offerStart(token);
    });
  }

  // -- whose phone -----------------------------------------------------------------------

  async open(chatId) {
    if (this.chatId !== chatId) {
      this.chatId = chatId;
      this.token = "";
      this.composer.reset();
      this.shown.clear();
      this.list.replaceChildren();
      this.atBottom = true;
      this.drawnVersion = 0;
    }
    this.desk.chosen(this);
    await this.refresh();
  }

  offerStart(token) {
    this.token = token;
    this.refresh().then(() => this.find(".start").focus());
  }

  async newPhone() {
    const { chat_id: chatId } = await post("chats", { role: this.role });
    await this.desk.reload();
    await this.open(chatId);
  }

  listPeople(chats) {
    const own = chats.filter((chat) => (chat.role === "patient") === (this.role === "patient"));
    this.people = own;
    const options = own.map((chat) => {
      const news = chat.id === this.chatId ? 0 : this.desk.unread(chat);
      const option = element("option", "", news ? `${chat.name} (${news} new)` : chat.name);
      option.value = chat.id;
      option.selected = chat.id === this.chatId;
      return option;
    });
    if (document.activeElement !== this.select || this.select.length !== own.length) {
      this.select.replaceChildren(...options);
    }
    if (this.chatId) this.select.value = this.chatId;
    // A clinic has many patients and few on call: only news for staff is worth a button of its own.
    const news = this.role === "staff"
      ? own.filter((chat) => chat.id !== this.chatId && this.desk.unread(chat) > 0) : [];
    this.find(".elsewhere").replaceChildren(...news.slice(0, 2).map((chat) => {
      const chip = element("button", "chip", `${chat.name} `,
        element("span", "count", String(this.desk.unread(chat))), element("span", "sr", " new"));
      chip.type = "button";
      chip.dataset.chat = chat.id;
      return chip;
    }));
  }

  // -- the conversation ------------------------------------------------------------------

  async refresh() {
    if (!this.chatId) return;
    const asked = this.chatId;
    const state = await get(`state?chat_id=${asked}`);
    // Answers may overtake one another; the newest one drawn wins.
    if (asked !== this.chatId || state.version < this.drawnVersion) return;
    this.drawnVersion = state.version;
    this.draw(state);
  }

  draw(state) {
    const { chat } = state;
    this.find("h2").textContent = this.desk.bot.first_name;
    this.find(".status").textContent = state.action ? "typing…" : "bot";
    this.find(".status").classList.toggle("active", Boolean(state.action));
    clearTimeout(this.typingTimer);
    if (state.action) this.typingTimer = setTimeout(() => this.refresh(), 5200);
    this.drawMessages(state.messages);
    this.settleTaps(state.answers);
    const block = this.find(".block");
    block.setAttribute("aria-pressed", String(chat.blocked));
    block.textContent = chat.blocked ? "Unblock bot" : "Block bot";
    const starting = !chat.blocked && (Boolean(this.token) || state.messages.length === 0);
    this.find(".start").hidden = !starting;
    this.find(".unblock").hidden = !chat.blocked;
    this.composer.draw(state, starting || chat.blocked);
    this.desk.seen(chat);
    if (this.atBottom) this.log.scrollTop = this.log.scrollHeight;
  }

  drawMessages(messages) {
    const fresh = this.shown.size > 0;
    const wanted = [];
    const news = [];
    let last = null;
    for (const message of messages) {
      const day = this.desk.time.day(new Date(message.date * 1000));
      if (last === null || day !== this.desk.time.day(new Date(last.date * 1000))) {
        wanted.push(daySeparator(this.list, day));
        last = null;
      }
      const { node, isNew } = this.nodeOf(message);
      node.classList.toggle("joined", last !== null && last.from_bot === message.from_bot
        && message.date - last.date < SAME_GROUP_SECONDS);
      wanted.push(node);
      if (isNew && message.from_bot) news.push(message);
      last = message;
    }
    if (!messages.length) wanted.push(greeting(this.list));
    arrange(this.list, wanted);
    if (fresh && news.length) this.announce(news);
  }

  nodeOf(message) {
    const drawn = JSON.stringify(message);
    const known = this.shown.get(message.message_id);
    if (known?.drawn === drawn) return { node: known.node, isNew: false };
    const node = bubble(message, this.desk.time);
    // A picture that arrives late must not push the newest words out of sight.
    for (const image of node.querySelectorAll("img")) {
      image.addEventListener("load", () => {
        if (this.atBottom) this.log.scrollTop = this.log.scrollHeight;
      });
    }
    if (known) {
      const focus = known.node.contains(document.activeElement);
      known.node.replaceWith(node);
      if (focus) (node.querySelector("button, a") ?? this.log).focus();
    }
    this.shown.set(message.message_id, { node, drawn });
    return { node, isNew: true };
  }

  announce(news) {
    const words = news.map((message) => message.text ?? message.caption ?? "a file").join(". ");
    this.find(".announcer").textContent = `New message: ${words}`;
  }

  // -- pressing --------------------------------------------------------------------------

  pressed(event) {
    const target = event.target.closest("button, a");
    if (!target) return;
    const { callback, message, label, command, edit } = target.dataset;
    const invite = target.href && this.desk.inviteIn(target.href);
    if (invite) {
      event.preventDefault();
      this.offerStart(invite);
    } else if (callback) this.attempt(() => this.tap(Number(message), callback));
    else if (label) this.attempt(() => this.openApp(Number(message), label));
    else if (command) this.attempt(() => this.say(command));
    else if (edit) this.composer.edit(Number(edit), this.wordsOf(Number(edit)));
  }

  wordsOf(messageId) {
    return JSON.parse(this.shown.get(messageId).drawn).text;
  }

  async tap(messageId, data) {
    const key = `${messageId}:${data}`;
    if ([...this.waiting.values()].some((one) => one.key === key)) return;
    const { callback_query_id: id } = await post("tap", {
      chat_id: this.chatId, message_id: messageId, callback_data: data });
    const timer = setTimeout(() => this.settle(id), ANSWER_PATIENCE);
    this.waiting.set(id, { key, timer });
    this.markWaiting();
    await this.refresh();
  }

  async openApp(messageId, label) {
    // Opened before asking, or the browser takes it for a pop-up nobody wanted.
    const opened = window.open("", "_blank");
    const { url } = await post("tap", { chat_id: this.chatId, message_id: messageId, label });
    if (opened) {
      opened.opener = null;
      opened.location = url;
    }
  }

  settleTaps(answers) {
    for (const answer of answers) {
      if (!this.waiting.has(answer.id)) continue;
      this.settle(answer.id);
      if (answer.text && answer.show_alert) this.desk.alert(answer.text);
      else if (answer.text) this.toast(answer.text);
    }
    this.markWaiting();
  }

  settle(id) {
    clearTimeout(this.waiting.get(id)?.timer);
    this.waiting.delete(id);
    this.markWaiting();
  }

  markWaiting() {
    const keys = new Set([...this.waiting.values()].map((one) => one.key));
    for (const button of this.list.querySelectorAll("[data-callback]")) {
      const busy = keys.has(`${button.dataset.message}:${button.dataset.callback}`);
      button.classList.toggle("busy", busy);
      button.setAttribute("aria-busy", String(busy));
    }
  }

  async say(text) {
    this.atBottom = true;
    await post("send", { chat_id: this.chatId, text });
    await this.refresh();
  }

  async start() {
    const command = this.token ? `/start ${this.token}` : "/start";
    this.token = "";
    this.desk.started();
    await this.say(command);
    this.composer.focus();
  }

  async toggleBlock() {
    await post("block", { chat_id: this.chatId });
    await this.refresh();
  }

  async attempt(action) {
    try {
      await action();
    } catch (error) {
      this.toast(error.message);
    }
  }

  toast(words) {
    const toast = element("p", "toast", words);
    this.find(".toasts").replaceChildren(toast);
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => toast.remove(), 4500);
  }
}
