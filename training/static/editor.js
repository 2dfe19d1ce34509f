// Shows what the text becomes and what is wrong with it while it is written. Without it there is a button.
import { fragment } from "./fragment.js";

const PAUSE = 700; // ms without a key before the text is looked at

export default function editor(form) {
  const text = form.elements.text;
  const shown = form.querySelector("[data-shown]");
  const status = form.querySelector("[data-status]");
  const saved = text.defaultValue;
  let timer;
  let running;
  let leaving = false;

  form.querySelector("[data-preview-button]").hidden = true;
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    setTimeout(() => (leaving = false), 3000); // no line: the page stays, and so does the warning
  });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit();
    }
  });
  shown.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    choose(text, Number(link.dataset.line));
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== saved) event.preventDefault();
  });
  const line = /^#line-(\d+)$/.exec(location.hash);
  if (line) choose(text, Number(line[1]));

  async function look() {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/x-fragment" },
        redirect: "error",
        signal: running.signal,
      });
      if (answer.headers.get("Content-Type")?.split(";")[0] !== "text/x-fragment") throw answer.status;
      const fresh = fragment(await answer.text());
      const summary = fresh.querySelector("[data-summary]").textContent.trim();
      shown.replaceChildren(fresh);
      say(summary);
    } catch (reason) {
      if (reason?.name !== "AbortError") say(form.dataset.lost);
    }
  }

  function say(sentence) {
    if (status.textContent !== sentence) status.textContent = sentence;
  }
}

// Selects a line. A textarea brings its caret into sight when it gets the focus, and only then.
function choose(text, number) {
  const lines = text.value.split("\n");
  const place = Math.min(Math.max(number, 1), lines.length) - 1;
  const start = lines.slice(0, place).reduce((sum, line) => sum + line.length + 1, 0);
  text.blur();
  text.setSelectionRange(start, start);
  text.focus();
  text.setSelectionRange(start, start + lines[place].length);
}
