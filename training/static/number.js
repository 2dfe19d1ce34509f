// Says at once when what was written is not a number. The server says it too.
import { isNumber } from "./answers.js";

export default function number(field) {
  const input = field.querySelector("input");
  if (input.matches(":disabled")) return; // shown, not asked
  const complaint = document.createElement("p");
  complaint.className = "error";
  complaint.setAttribute("role", "status");
  input.before(complaint);

  input.addEventListener("change", check);
  input.addEventListener("input", () => complaint.textContent && check());
  input.form.addEventListener("submit", (event) => {
    if (check()) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // nothing is sent until it is one, or the field is empty
    input.focus();
  }, { capture: true });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.closest("[data-item]")) return;
    event.preventDefault(); // in a quiz Enter is not the end of it
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function check() {
    const isFine = !input.value.trim() || isNumber(input.value, field);
    complaint.textContent = isFine ? "" : field.dataset.complaint;
    if (isFine) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    return isFine;
  }
}
