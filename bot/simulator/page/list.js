// The list of messages as a list: its order, the days between, and what stands in an empty one.

import { element } from "./api.js";

export function daySeparator(list, day) {
  const known = [...list.querySelectorAll(".day")].find((one) => one.dataset.day === day);
  if (known) return known;
  const separator = element("li", "day", element("span", "", day));
  separator.dataset.day = day;
  return separator;
}

export function greeting(list) {
  return list.querySelector(".greeting") ?? element("li", "greeting",
    element("strong", "", "No messages here yet"),
    element("p", "", "This is an empty chat, as on a phone that has never met the bot."));
}

// Bring the children into this order while touching as few as possible: focus survives.
export function arrange(list, wanted) {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, place) => {
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
}
