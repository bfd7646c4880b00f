// The desk the two phones lie on: who is known, what is new, what time it is.

import { element, get, startToken } from "./api.js";
import { Pane } from "./pane.js";
import { DemoTime } from "./time.js";

class Desk {
  constructor() {
    this.time = new DemoTime(document.querySelector(".time"));
    this.main = document.getElementById("panes");
    this.tabs = document.querySelector(".tabs");
    this.dialog = document.querySelector("dialog");
    this.read = new Map(); // chat id -> how many messages somebody has looked at
    this.panes = [
      new Pane("patient", "Patient's phone", this),
      new Pane("staff", "Clinician's phone", this),
    ];
    this.main.append(...this.panes.map((pane) => pane.root));
    this.tabs.addEventListener("click", (event) => {
      const tab = event.target.closest("button");
      if (tab) this.show(tab.dataset.pane);
    });
  }

  async begin() {
    const wanted = new URLSearchParams(location.search);
    await this.reload();
    for (const chat of this.chats) this.read.set(chat.id, chat.count);
    const token = startToken(`?start=${wanted.get("start") ?? ""}`);
    const [patient, staff] = this.panes;
    await this.openFirst(staff, Number(wanted.get("staff")));
    // An invite is opened by somebody who has never met the bot. An empty chat is no such phone: it
    // may belong to a patient whose story began elsewhere.
    if (token && !wanted.has("patient")) await patient.newPhone();
    else await this.openFirst(patient, Number(wanted.get("patient")));
    if (token) patient.offerStart(token);
    this.follow();
  }

  async openFirst(pane, wanted) {
    const chosen = pane.people.find((chat) => chat.id === wanted) ?? pane.people[0];
    if (chosen) await pane.open(chosen.id);
    else await pane.newPhone();
  }


  async reload() {
    const known = await get("chats");
    this.version ??= known.version;
    this.chats = known.chats;
    this.bot = known.bot;
    this.time.set(known.clock);
    this.drawLinks(known.links);
    this.drawPeople();
  }

  drawLinks(links) {
    const nav = document.querySelector(".links");
    nav.hidden = links.length === 0;
    nav.replaceChildren(...links.map(({ label, url }) => {
      const link = element("a", "", label);
      link.href = url;
      return link;
    }));
  }

  drawPeople() {
    for (const pane of this.panes) {
      pane.listPeople(this.chats);
      const news = pane.people.some((chat) => this.unread(chat) > 0);
      const tab = this.tabs.querySelector(`[data-pane="${pane.role}"]`);
      tab.querySelector(".dot").hidden = !news;
      tab.setAttribute("aria-label",
        `${pane.role === "patient" ? "Patient" : "Clinician"}${news ? ", new messages" : ""}`);
    }
  }

  // -- what is new -----------------------------------------------------------------------

  async follow() {
    for (;;) {
      try {
        const news = await get(`events?since=${this.version}`);
        this.version = news.version;
        this.time.set(news.clock);
        document.querySelector(".offline").hidden = true;
        if (news.chats.length) await this.reload();
        await Promise.all(this.panes
          .filter((pane) => news.chats.includes(pane.chatId))
          .map((pane) => pane.refresh()));
      } catch {
        document.querySelector(".offline").hidden = false;
        await new Promise((resolve) => { setTimeout(resolve, 1500); });
      }
    }
  }

  unread(chat) {
    return Math.max(0, chat.count - (this.read.get(chat.id) ?? 0));
  }

  isVisible(pane) {
    return getComputedStyle(pane.root).display !== "none";
  }

  seen(chat) {
    const pane = this.panes.find((one) => one.chatId === chat.id && this.isVisible(one));
    if (!pane) return;
    this.read.set(chat.id, chat.count);
    this.drawPeople();
  }

  // -- what the panes ask for ------------------------------------------------------------

  chosen() {
    const address = new URL(location.href);
    for (const pane of this.panes) {
      if (pane.chatId) address.searchParams.set(pane.role, pane.chatId);
    }
    history.replaceState(null, "", address);
    this.drawPeople();
  }

  started() {
    const address = new URL(location.href);
    address.searchParams.delete("start");
    history.replaceState(null, "", address);
  }

  inviteIn(link) {
    const url = new URL(link);
    const ours = url.host === "t.me" && url.pathname === `/${this.bot.username}`;
    return ours || url.origin === location.origin ? startToken(url.search) : null;
  }

  alert(words) {
    document.getElementById("alert-text").textContent = words;
    if (!this.dialog.open) this.dialog.showModal();
  }

  show(role) {
    this.main.dataset.shown = role;
    for (const tab of this.tabs.children) {
      tab.setAttribute("aria-pressed", String(tab.dataset.pane === role));
    }
    this.panes.find((pane) => pane.role === role).refresh();
  }
}

new Desk().begin();
