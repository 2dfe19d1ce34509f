// Shows the feedback to a question of a lesson's check in place. Without it the page loads anew.
import start from "./app.js";
import { fragment } from "./fragment.js";

export default function practice(form) {
  form.addEventListener("submit", check);

  async function check(event) {
    event.preventDefault();
    const button = event.submitter;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form, button)),
        headers: { Accept: "text/x-fragment" },
        redirect: "error",
      });
      if (!answer.ok) throw answer.status;
      const fresh = fragment(await answer.text());
      const shown = fresh.firstElementChild;
      button.closest("[data-question]").replaceWith(fresh);
      start(shown);
      shown.querySelector("[data-feedback]")?.focus();
    } catch {
      form.removeEventListener("submit", check);
      form.requestSubmit(button); // the ordinary way, with the browser's own words when there is no line
    }
  }
}
