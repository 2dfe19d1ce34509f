// The questions of an attempt: every answer is given to the outbox as it is made, and the bar says what
// became of it. "Saved" is shown only after the server said so.
import { answerOf, isComplete, show, watch } from "./answers.js";
import { flush, listen, put, ready, state, unsent } from "./outbox.js";

export default function attempt(form) {
  const { attempt } = form.dataset;
  const status = form.querySelector("[data-status]");
  const count = form.querySelector("[data-count]");
  const words = status.dataset;
  let sequence = Number(form.dataset.sequence);
  let late = false;
  let isLeaving = false; // the button was pressed, and answers are still here

  ready.then(() => {
    for (const entry of unsent(attempt)) arrive(entry);
    recount();
  });
  watch(form, give);
  form.addEventListener("change", ({ target }) => {
    if (!target.name.startsWith("certainty-")) return;
    const question = target.closest(".asked").querySelector("[data-item]");
    if (isBegun(question)) give(question); // otherwise it goes with the answer
  });
  listen(({ given, verdicts, settled }) => {
    if (given?.attempt === attempt) arrive(given);
    const mine = (settled ?? []).filter((entry) => entry.attempt === attempt).map((entry) => verdicts[entry.id]);
    late ||= mine.includes("late");
    if (mine.includes("set-aside") && !unsent(attempt).length) return location.reload(); // the page tells what happened
    if (mine.includes("refused") || mine.includes("conflict")) return say(words.refused.replace("{n}", mine.length));
    const waiting = unsent(attempt).length;
    isLeaving &&= waiting > 0;
    if (waiting) say((isLeaving && state() === "line" ? words.first : (words[state()] ?? words.saving)).replace("{n}", waiting));
    else if (mine.length) say(late ? words.late : words.saved);
  });
  form.addEventListener("submit", sendFirst);

  function give(question) {
    const answer = answerOf(question);
    if (answer === undefined) return; // it cannot be an answer yet
    const { item } = question.dataset;
    sequence += 1;
    const certainty = form.querySelector(`[name="certainty-${CSS.escape(item)}"]:checked`)?.value ?? null;
    put({ attempt, item, answer, certainty, sequence, epoch: Number(form.dataset.epoch) });
    recount();
  }

  /** Shows an answer that was given on an earlier page or in another tab. */
  function arrive(entry) {
    sequence = Math.max(sequence, entry.sequence);
    show(form, entry);
    for (const one of form.querySelectorAll(`[name="certainty-${CSS.escape(entry.item)}"]`)) {
      one.checked = one.value === entry.certainty;
    }
    recount();
  }

  /** The page is left only when everything on it is at the server. */
  async function sendFirst(event) {
    if (!unsent(attempt).length) return;
    event.preventDefault();
    isLeaving = true;
    await flush();
    if (!unsent(attempt).length) form.requestSubmit(event.submitter);
    else status.scrollIntoView({ block: "nearest" });
  }

  function isBegun(question) {
    return Object.keys(answerOf(question) ?? "").length > 0;
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
