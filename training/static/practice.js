// Shows the feedback to a question of a lesson's check in place. Without it the page loads anew.
import { fragment } from "./fragment.js";
import start from "./app.js";

export default function practice(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/x-fragment" },
        redirect: "error",
      });
      if (!answer.ok) throw answer.status;
      const fresh = fragment(await answer.text());
      const place = form.closest("[data-question]");
      const shown = fresh.firstElementChild;
      place.replaceWith(fresh);
      start(shown);
      shown.querySelector("[data-feedback]")?.focus();
    } catch {
      form.submit(); // the ordinary way, with the browser's own words when there is no line
    }
  });
}
