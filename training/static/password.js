// Adds a button that shows what stands in the password field. Without this script the field just works.
export default function (element) {
  const input = element.querySelector("input[type=password]");
  const button = document.createElement("button");
  const words = { show: element.dataset.show, hide: element.dataset.hide };
  button.type = "button";
  button.className = "quiet";
  const draw = () => {
    button.textContent = input.type === "password" ? words.show : words.hide;
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    draw();
  });
  input.form.addEventListener("submit", () => {
    input.type = "password"; // so that the browser offers to keep it, and not as an ordinary word
  });
  draw();
  const line = document.createElement("div");
  line.append(button);
  input.after(line);
}
