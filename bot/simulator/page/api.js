// Talking to the simulator; every refusal becomes an Error with words for the person.

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || "That did not work.");
  return body;
}

export async function get(path, signal) {
  return answerOf(await fetch(`/sim/${path}`, { signal }));
}

export async function post(path, body) {
  return answerOf(await fetch(`/sim/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));
}

export async function upload(chatId, file, caption) {
  const form = new FormData();
  form.append("chat_id", chatId);
  form.append("caption", caption);
  form.append("photo", file);
  return answerOf(await fetch("/sim/photo", { method: "POST", body: form }));
}

// The start token in an invite link, a page link, or typed by itself; null when there is none.
export function startToken(given) {
  const text = given.trim();
  const found = /[?&]start=([^&#\s]*)/.exec(text);
  const token = found ? decodeURIComponent(found[1]) : text;
  return /^[A-Za-z0-9_-]{1,64}$/.test(token) ? token : null;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
