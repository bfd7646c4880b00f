// Message text with its entities, as DOM nodes; nothing is ever parsed as HTML here.
// Entity offsets count UTF-16 units, and so do JavaScript strings.

import { element } from "./api.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function formatted(text, entities = []) {
  const usable = entities.filter((one) => one.length > 0 && one.offset < text.length);
  usable.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nest(text, 0, text.length, usable);
}

function nest(text, start, end, entities) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    const inside = entities.slice(index + 1).filter((one) => one.offset < stop);
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    nodes.push(wrap(entity, text.slice(entity.offset, stop),
      nest(text, entity.offset, stop, inside)));
    at = stop;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, words, children) {
  if (entity.type === "text_link") return link(entity.url, children);
  if (entity.type === "url") return link(/^https?:/.test(words) ? words : `https://${words}`, children);
  if (entity.type === "bot_command") {
    const command = element("button", "command-link", ...children);
    command.type = "button";
    command.dataset.command = words;
    return command;
  }
  if (entity.type === "pre") return element("pre", "", element("code", "", ...children));
  if (entity.type === "spoiler") return spoiler(children);
  return element(TAGS[entity.type] || "span", "", ...children);
}

function spoiler(children) {
  const made = element("button", "spoiler", ...children);
  made.type = "button";
  made.setAttribute("aria-label", "Hidden text, press to show");
  made.addEventListener("click", () => {
    made.classList.add("shown");
    made.removeAttribute("aria-label");
  });
  return made;
}

function link(url, children) {
  const made = element("a", "", ...children);
  if (/^(https?|tg|mailto|tel):/i.test(url)) made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}
