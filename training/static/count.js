// Counts the letters of a written answer, so that nobody meets the limit in the middle of a word.

export default function count(field) {
  const text = field.querySelector("textarea");
  const shown = field.querySelector("[data-counted]");
  const { lang } = document.documentElement;
  const draw = () => {
    const [used, most] = [text.value.length, text.maxLength].map((number) => number.toLocaleString(lang));
    shown.textContent = field.dataset.words.replace("{count}", used).replace("{most}", most);
  };
  text.addEventListener("input", draw);
  text.closest("[data-item]")?.addEventListener("shown", draw);
  draw();
}
