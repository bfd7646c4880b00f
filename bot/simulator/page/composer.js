// The lower edge of a phone: typing, attaching, the command menu and the answer keys.

import { element, post, upload } from "./api.js";

export class Composer {
  constructor(pane) {
    this.pane = pane;
    this.form = pane.find(".composer");
    this.input = this.form.querySelector("textarea");
    this.input.setAttribute("aria-label", `Message, ${pane.root.getAttribute("aria-label")}`);
    this.file = this.form.querySelector(".file");
    this.menu = this.form.querySelector(".menu-button");
    this.commands = pane.find(".commands");
    this.keys = pane.find(".reply-keys");
    this.keysButton = this.form.querySelector(".keys-button");
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.pane.attempt(() => this.submit());
    });
    this.input.addEventListener("keydown", (event) => this.keyed(event));
    this.input.addEventListener("input", () => this.typed());
    this.form.querySelector(".attach").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => this.pane.attempt(() => this.attach()));
    this.menu.addEventListener("click", () => this.showCommands(this.commands.hidden));
    this.commands.addEventListener("click", (event) => {
      const command = event.target.closest("button")?.dataset.command;
      if (!command) return;
      this.showCommands(false);
      this.clear();
      this.focus();
      this.pane.attempt(() => this.pane.say(command));
    });
    this.commands.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.showCommands(false);
      this.focus();
    });
    this.keysButton.addEventListener("click", () => {
      this.keysHidden = !this.keysHidden;
      this.showKeys();
    });
    this.keys.addEventListener("click", (event) => this.pressKey(event.target.closest("button")));
    this.pane.find(".cancel-edit").addEventListener("click", () => this.reset());
  }

  keyed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape") {
      this.showCommands(false);
      if (this.editing) this.reset();
    } else if (event.key === "ArrowUp" && !this.input.value) {
      const own = this.pane.list.querySelectorAll("[data-edit]");
      if (own.length) own[own.length - 1].click();
    }
  }

  typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 132)}px`;
    this.showCommands(this.input.value === "/");
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const editing = this.editing;
    this.reset();
    if (!editing) {
      await this.pane.say(text);
      return;
    }
    await post("edit", { chat_id: this.pane.chatId, message_id: editing, text });
    await this.pane.refresh();
  }

  async attach() {
    const [file] = this.file.files;
    if (!file) return;
    const caption = this.input.value.trim();
    this.file.value = "";
    this.clear();
    this.pane.atBottom = true;
    await upload(this.pane.chatId, file, caption);
    await this.pane.refresh();
  }

  edit(messageId, words) {
    this.editing = messageId;
    this.pane.find(".editing").hidden = false;
    this.input.value = words;
    this.typed();
    this.focus();
  }

  reset() {
    this.editing = null;
    this.pane.find(".editing").hidden = true;
    this.clear();
  }

  clear() {
    this.input.value = "";
    this.typed();
  }

  focus() {
    this.input.focus();
  }

  // -- what the bot offers -----------------------------------------------------------------

  draw(state, replaced) {
    this.form.hidden = replaced;
    this.replaced = replaced;
    this.drawCommands(state.commands);
    this.drawKeys(state.reply_keyboard);
    this.input.placeholder = state.reply_keyboard?.input_field_placeholder || "Message";
  }

  drawCommands(commands) {
    const drawn = JSON.stringify(commands);
    if (drawn === this.drawnCommands) return;
    this.drawnCommands = drawn;
    this.menu.hidden = commands.length === 0;
    this.commands.replaceChildren(...commands.map((one) => {
      const name = `/${one.command.replace(/^\//, "")}`;
      const button = element("button", "", element("strong", "", name),
        element("span", "", one.description));
      button.type = "button";
      button.dataset.command = name;
      return button;
    }));
  }

  showCommands(open) {
    const shown = open && this.commands.childElementCount > 0;
    this.commands.hidden = !shown;
    this.menu.setAttribute("aria-expanded", String(shown));
  }

  drawKeys(keyboard) {
    const drawn = JSON.stringify(keyboard ?? null);
    if (drawn !== this.drawnKeys) {
      this.drawnKeys = drawn;
      this.keysHidden = false;
      const rows = keyboard?.keyboard ?? [];
      this.keys.replaceChildren(...rows.map((row) => element("div", "key-row",
        ...row.map((key) => {
          const button = element("button", "reply-key", key.text);
          button.type = "button";
          button.dataset.kind = key.request_contact ? "contact" : "text";
          return button;
        }))));
    }
    this.showKeys();
  }

  showKeys() {
    const some = this.keys.childElementCount > 0;
    this.keys.hidden = !some || this.keysHidden || this.replaced;
    this.keysButton.hidden = !some;
    this.keysButton.setAttribute("aria-expanded", String(!this.keysHidden));
    if (this.pane.atBottom) this.pane.log.scrollTop = this.pane.log.scrollHeight;
  }

  pressKey(button) {
    if (!button) return;
    this.pane.atBottom = true;
    this.pane.attempt(async () => {
      if (button.dataset.kind === "contact") {
        await post("contact", { chat_id: this.pane.chatId });
        await this.pane.refresh();
      } else await this.pane.say(button.textContent);
    });
  }
}
