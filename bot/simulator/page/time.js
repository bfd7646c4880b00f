// The demo's clock: shown ticking, moved only forward, always in the clinic's time zone.

import { post } from "./api.js";

export class DemoTime {
  constructor(root) {
    this.root = root;
    this.status = root.querySelector(".time-status");
    this.custom = root.querySelector("#custom-time");
    root.querySelector(".presets").addEventListener("click", (event) => {
      const button = event.target.closest("button[data-wish]");
      if (button) this.move(JSON.parse(button.dataset.wish));
    });
    root.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.move({ to: this.custom.value });
    });
    const toggle = root.querySelector(".time-toggle");
    toggle.addEventListener("click", () => {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(open));
    });
    setInterval(() => this.show(), 1000);
  }

  // What the server says; between its words the page ticks by itself.
  set(clock) {
    this.offset = Date.parse(clock.now) - Date.now();
    if (this.zone !== clock.timezone) {
      this.zone = clock.timezone;
      const zone = { timeZone: this.zone };
      this.dateFormat = new Intl.DateTimeFormat("en-GB", {
        ...zone, weekday: "short", day: "numeric", month: "short", year: "numeric" });
      this.timeFormat = new Intl.DateTimeFormat("en-GB", {
        ...zone, hour: "2-digit", minute: "2-digit" });
      this.dayFormat = new Intl.DateTimeFormat("en-GB", {
        ...zone, weekday: "long", day: "numeric", month: "long" });
    }
    if (document.activeElement !== this.custom) this.custom.value = clock.local;
    this.custom.min = clock.local;
    this.show();
  }

  now() {
    return new Date(Date.now() + this.offset);
  }

  time(date) {
    return this.timeFormat.format(date);
  }

  day(date) {
    return this.dayFormat.format(date);
  }

  show() {
    if (!this.zone) return;
    const now = this.now();
    const time = this.time(now);
    this.root.querySelector(".now-date").textContent = this.dateFormat.format(now);
    this.root.querySelector(".now-time").textContent = time;
    this.root.querySelector(".time-toggle").title = this.zone;
    this.root.querySelector('[data-wish*="evening"]').disabled = time >= "18:00";
  }

  async move(wish) {
    try {
      this.set(await post("clock", wish));
      this.status.classList.remove("problem");
      this.root.querySelector(".time-toggle").setAttribute("aria-expanded", "false");
      this.status.textContent = `It is now ${this.day(this.now())}, ${this.time(this.now())}.`;
    } catch (error) {
      this.status.classList.add("problem");
      this.status.textContent = error.message;
    }
    clearTimeout(this.fading);
    this.fading = setTimeout(() => { this.status.textContent = ""; }, 6000);
  }
}
