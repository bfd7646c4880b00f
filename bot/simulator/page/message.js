// One message as a bubble, with its media, its keyboard and its marks.

import { element, icon } from "./api.js";
import { formatted } from "./text.js";

export function bubble(message, format) {
  const item = element("li", `message ${message.from_bot ? "from-bot" : "own"}`);
  item.dataset.id = message.message_id;
  const box = element("div", `bubble kind-${message.kind}`);
  if (message.has_protected_content) box.classList.add("protected");
  box.append(element("span", "sr", message.from_bot ? "Bot:" : "You:"));
  if (message.reply_to_message) box.append(quote(message.reply_to_message));
  const media = mediaOf(message);
  if (media) box.append(media);
  const words = message.text ?? message.caption;
  const body = element("div", "words");
  if (words) body.append(...formatted(words, message.entities ?? message.caption_entities));
  body.append(stamp(message, format));
  box.append(body);
  item.append(box);
  if (message.reactions.length) box.append(element("span", "reactions", message.reactions.join(" ")));
  if (!message.from_bot && message.kind === "text") item.append(editButton(message));
  const keyboard = message.reply_markup?.inline_keyboard;
  if (keyboard) item.append(inlineKeyboard(message, keyboard));
  return item;
}

function stamp(message, format) {
  const at = new Date(message.date * 1000);
  const time = element("time", "", format.time(at));
  time.dateTime = at.toISOString();
  const mark = element("span", "stamp");
  if (message.edit_date) mark.append("edited ");
  mark.append(time);
  return mark;
}

function quote(original) {
  const shown = original.text ?? original.caption ?? "Attachment";
  return element("div", "quote", shown.length > 120 ? `${shown.slice(0, 120)}…` : shown);
}

function editButton(message) {
  const button = element("button", "edit-message", icon("edit"));
  button.type = "button";
  button.dataset.edit = message.message_id;
  button.setAttribute("aria-label", "Edit this message");
  return button;
}

const BUILDERS = {
  photo: (message, url) => picture(message, url, message.photo.at(-1)),
  animation: (message, url) => (
    message.animation.mime_type.startsWith("video/")
      ? film(url, message.animation, true)
      : picture(message, url, message.animation)),
  video: (message, url) => film(url, message.video, false),
  voice: (message, url) => sound(url),
  audio: (message, url) => sound(url),
  document: (message, url) => card(url, message.document),
};

function mediaOf(message) {
  if (message.contact) {
    return element("p", "contact", `${message.contact.first_name} · ${message.contact.phone_number}`);
  }
  const build = BUILDERS[message.kind];
  return build ? build(message, `/sim/files/${encodeURIComponent(message.file_id)}`) : null;
}

function picture(message, url, size) {
  const image = element("img", "media");
  image.src = url;
  if (size.width) {
    image.width = size.width;
    image.height = size.height;
  }
  image.alt = message.caption ? `Picture: ${message.caption}` : "Picture";
  return image;
}

function film(url, size, loop) {
  const video = element("video", "media");
  video.src = url;
  video.muted = loop;
  video.loop = loop;
  video.controls = true;
  video.playsInline = true;
  video.autoplay = loop && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (size.width) video.width = size.width;
  return video;
}

function sound(url) {
  const audio = element("audio");
  audio.src = url;
  audio.controls = true;
  return audio;
}

function card(url, file) {
  const size = file.file_size > 1048576
    ? `${(file.file_size / 1048576).toFixed(1)} MB`
    : `${Math.max(1, Math.round(file.file_size / 1024))} kB`;
  const link = element("a", "file-card",
    element("span", "file-icon", icon("file")),
    element("span", "file-name", file.file_name ?? "File", element("small", "", size)));
  link.href = url;
  link.download = file.file_name ?? "";
  return link;
}

function inlineKeyboard(message, rows) {
  const keyboard = element("div", "inline-keys");
  keyboard.setAttribute("role", "group");
  keyboard.setAttribute("aria-label", "Buttons of this message");
  for (const row of rows) {
    keyboard.append(element("div", "key-row", ...row.map((key) => inlineKey(message, key))));
  }
  return keyboard;
}

function inlineKey(message, key) {
  if (key.url) {
    const link = element("a", "key", element("span", "", key.text), icon("out"));
    link.href = key.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  const button = element("button", "key", element("span", "", key.text));
  button.type = "button";
  button.dataset.message = message.message_id;
  if (key.callback_data) button.dataset.callback = key.callback_data;
  if (key.web_app) {
    button.dataset.label = key.text;
    button.append(icon("out"));
  }
  return button;
}
