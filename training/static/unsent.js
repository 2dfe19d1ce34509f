// On every page of a person whose answers are not all at the server: says so, sends them, and keeps the
// person from going on without knowing.
import { flush, listen, ready, state, unsent } from "./outbox.js";

export default function (notice) {
  const words = notice.dataset;
  const line = notice.querySelector("p");
  const saved = line.textContent;
  const here = document.querySelector("form[data-module=attempt]")?.dataset.attempt; // its own bar speaks for it
  const elsewhere = () => unsent().filter((entry) => entry.attempt !== here);
  let leaving = false;
  let told = "";

  listen(({ verdicts, settled }) => {
    const mine = (settled ?? []).filter((entry) => entry.attempt !== here).map((entry) => verdicts[entry.id]);
    if (mine.includes("set-aside")) told = words.setAside;
    else if (mine.includes("late")) told = words.late;
    else if (mine.includes("refused") || mine.includes("conflict")) told = words.refused.replace("{n}", mine.length);
    draw(mine.length > 0);
  });
  ready.then(() => draw(false));
  document.addEventListener("submit", sendFirst, true);

  function draw(arrived) {
    if (leaving && unsent().length) say(words.leaving, unsent().length);
    else if (elsewhere().length) say(words[state()] ?? words.line, elsewhere().length);
    else if (arrived) say(told || saved, 0);
    else if (leaving) notice.hidden = true;
  }

  function say(sentence, number) {
    const whole = sentence.replace("{n}", number);
    if (line.textContent !== whole) line.textContent = whole;
    notice.hidden = false;
  }

  /** Signing out is asked twice; a quiz is submitted when its answers have arrived. */
  async function sendFirst(event) {
    const form = event.target;
    const signsOut = form.matches("[data-signs-out]");
    const waiting = () => unsent(signsOut ? undefined : form.dataset.submits).length;
    if (!(signsOut || form.dataset.submits) || (signsOut && leaving) || !waiting()) return;
    event.preventDefault();
    await flush();
    if (!waiting()) return form.requestSubmit(event.submitter);
    leaving = signsOut;
    draw(false);
    notice.scrollIntoView({ block: "center" });
  }
}
