// Saves every answer as it is given, and keeps what the server has not acknowledged in this
// browser until it has. "Saved" is shown only after the server said so.
import { answerOf, isComplete, show, watch } from "./answers.js";

const SOON = 400; // ms: several quick changes go in one request
const LONGEST_WAIT = 30000;

export default function attempt(form) {
  const key = `unsent:${form.dataset.attempt}`;
  const status = form.querySelector("[data-status]");
  const count = form.querySelector("[data-count]");
  const words = status.dataset;
  let sequence = Number(form.dataset.sequence);
  let unsent = read(key);
  let sending = false;
  let wait = 1000;
  let timer;

  for (const response of unsent) {
    sequence = Math.max(sequence, response.sequence);
    show(form, response);
  }
  watch(form, (question) => {
    sequence += 1;
    const response = {
      id: crypto.randomUUID ? crypto.randomUUID() : randomId(),
      item: question.dataset.item,
      answer: answerOf(question),
      sequence,
      epoch: Number(form.dataset.epoch),
      answered_at: new Date().toISOString(),
    };
    unsent = unsent.filter((earlier) => earlier.item !== response.item).concat(response);
    keep();
    say(words.saving);
    recount();
    later(SOON);
  });
  window.addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => later(0));
  recount();
  if (unsent.length) later(0);

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  }

  async function send() {
    if (sending || !unsent.length) return;
    sending = true;
    const batch = unsent.slice(0, 200);
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST",
        keepalive: true, // so that it still leaves when the page is closed
        redirect: "error",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify({ responses: batch, sent_at: new Date().toISOString() }),
      });
      if (!answer.ok) throw answer.status;
      const { verdicts } = await answer.json();
      unsent = unsent.filter((response) => !(response.id in verdicts));
      keep();
      wait = 1000;
      if (!unsent.length && Object.values(verdicts).includes("set-aside")) location.reload();
      const late = Object.values(verdicts).some((verdict) => verdict === "late");
      say(late ? words.late : unsent.length ? words.saving : words.saved);
    } catch (reason) {
      say((reason instanceof TypeError || reason >= 500 ? words.unsent : words.refused).replace("{n}", unsent.length));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
    sending = false;
    if (unsent.length) later(wait === 1000 ? 0 : wait);
  }

  function keep() {
    try {
      if (unsent.length) localStorage.setItem(key, JSON.stringify(unsent));
      else localStorage.removeItem(key);
    } catch {
      // Private windows may refuse storage; the answers then live as long as the page.
    }
  }

  function say(sentence) {
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  function recount() {
    const questions = [...form.querySelectorAll("[data-item]")];
    const done = questions.filter(isComplete).length;
    count.textContent = count.dataset.words.replace("{done}", done).replace("{all}", questions.length);
  }
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => one && one.id && one.item && Number.isInteger(one.sequence)) : [];
  } catch {
    return [];
  }
}

function randomId() {
  // crypto.randomUUID needs HTTPS; a camp's own server may not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
