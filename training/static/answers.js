// The answers to the questions of a page, each in an element with data-item and data-type: reads them,
// shows one that was kept, says whether one is complete, and tells when one has changed.

const PAUSE = 800; // ms without a key pressed before what is being written counts as an answer
const WHOLE = { "true-false": "reason", "short-answer": "text" }; // the part whose field names no part
const WRITTEN = "textarea, input:not([type=radio], [type=checkbox])";

/** What a question says now, as the server takes it; undefined while it cannot be an answer yet. */
export function answerOf(question) {
  const { type } = question.dataset;
  const given = {};
  for (const control of controls(question)) {
    const says = control.matches(WRITTEN) || control.matches("select") ? control.value.trim() : control.checked;
    if (says) (given[partOf(control, type)] ??= []).push(control.value);
  }
  if (type === "multiple-choice") return given[""] ?? [];
  if (type === "single-choice") return given[""]?.[0] ?? null;
  if (type === "numeric") return given[""] ? (isNumber(given[""][0], question) ? given[""][0] : undefined) : null;
  return Object.fromEntries(Object.entries(given).map(([part, [value]]) => [part, value]));
}

/** Whether nothing of the question is left open. */
export function isComplete(question) {
  const answer = answerOf(question);
  if (answer === undefined || answer === null) return false;
  switch (question.dataset.type) {
    case "true-false":
      return "claim" in answer && "reason" in answer;
    case "matching":
      return Object.keys(answer).length === controls(question).length;
    case "ordering":
    case "ranking":
      return new Set(Object.values(answer)).size === controls(question).length;
    default:
      return typeof answer === "string" || Object.values(answer).length > 0;
  }
}

/** Shows an answer on the page; a list that can be sorted hears "shown" and sorts itself. */
export function show(form, { item, answer }) {
  const question = form.querySelector(`[data-item="${CSS.escape(item)}"]`);
  if (!question) return;
  const given = typeof answer === "object" && !Array.isArray(answer) ? answer ?? {} : { "": answer };
  for (const control of controls(question)) {
    const value = given[partOf(control, question.dataset.type)] ?? "";
    if (control.matches(WRITTEN) || control.matches("select")) control.value = value;
    else control.checked = [value].flat().includes(control.value);
  }
  question.dispatchEvent(new Event("shown", { bubbles: true }));
}

/** Calls heard(question) for each new answer: at once for a choice, after a pause for what is written. */
export function watch(form, heard) {
  const last = new Map();
  const timers = new Map();
  const note = (question) => last.set(question, JSON.stringify(answerOf(question)));
  for (const question of form.querySelectorAll("[data-item]")) note(question);
  form.addEventListener("shown", ({ target }) => note(target));
  form.addEventListener("change", ({ target }) => settle(target.closest("[data-item]")));
  form.addEventListener("input", ({ target }) => {
    const question = target.closest("[data-item]");
    if (!question || !target.matches(WRITTEN)) return;
    clearTimeout(timers.get(question));
    timers.set(question, setTimeout(settle, PAUSE, question));
  });
  document.addEventListener("visibilitychange", () => [...timers.keys()].forEach(settle));

  function settle(question) {
    if (!question) return;
    clearTimeout(timers.get(question));
    timers.delete(question);
    const answer = answerOf(question);
    if (answer === undefined || last.get(question) === JSON.stringify(answer)) return;
    note(question);
    heard(question);
  }
}

function controls(question) {
  return [...question.querySelectorAll("input, select, textarea")].filter((control) => control.name.startsWith("answer-"));
}

function partOf(control, type) {
  const part = control.name.split(".")[1];
  if (part) return part;
  return WHOLE[type] ?? "";
}

/** Whether the server will read this as a number: as read_number of training/domain/numbers.py does. */
export function isNumber(text, question) {
  let digits = text
    .replace(/[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g, (digit) => digit.charCodeAt(0) & 0xf)
    .replace(/[\u0966-\u096f\u09e6-\u09ef]/g, (digit) => (digit.charCodeAt(0) & 0xf) - 6)
    .replace(/[\s'’]|\u066c/g, "")
    .replace(/\u066b/g, ".")
    .replace(/[\u2212\u2013]/g, "-");
  const unit = (question.querySelector("[data-unit]")?.dataset.unit ?? "").replace(/\s/g, "");
  if (unit && digits.toLowerCase().endsWith(unit.toLowerCase())) digits = digits.slice(0, -unit.length);
  if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(digits)) return false; // thousands, or a decimal mark?
  return /^[+-]?(\d{1,12}([.,]\d{1,6})?|\d{1,3}(,\d{3})+\.\d{1,6}|\d{1,3}(\.\d{3})+,\d{1,6})$/.test(digits);
}
