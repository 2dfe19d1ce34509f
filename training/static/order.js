// Lines that are put in order: buttons move one up or down, and so does dragging its number. What is
// sent are the lists of places beside the lines, which are shown without this script.

export default function order(list) {
  if (list.closest("fieldset:disabled")) return; // shown, not asked
  const words = list.dataset;
  const lines = [...list.children].map((line) => ({
    line,
    place: line.querySelector("select"),
    text: line.querySelector("label").textContent,
    grip: make("span", "grip"),
  }));
  const said = make("p", "visually-hidden");
  said.setAttribute("role", "status");
  const keep = make("button", "button secondary", words.keep);
  keep.type = "button";
  keep.addEventListener("click", () => {
    settle();
    lines.find(({ line }) => line === list.firstElementChild).down.focus();
  });
  for (const one of lines) {
    one.grip.setAttribute("aria-hidden", "true");
    one.up = mover(one, -1, words.up, "M4 10l4-4 4 4");
    one.down = mover(one, 1, words.down, "M4 6l4 4 4-4");
    one.line.prepend(one.grip);
    one.line.append(one.up, one.down);
    one.place.hidden = true;
    one.grip.addEventListener("pointerdown", (event) => drag(one, event));
  }
  list.classList.add("movable");
  list.after(keep, said);
  const quiz = list.closest("[data-item]");
  if (!quiz) list.closest("form").addEventListener("submit", () => settle(), { capture: true }); // checked as it stands
  const how = document.getElementById(lines[0].place.getAttribute("aria-describedby"));
  how.textContent = words.how;
  const shared = document.getElementById(how.id.replace(/how$/, "shared")); // told until a line is moved
  quiz?.addEventListener("shown", sort);
  sort();

  function mover(one, step, label, path) {
    const button = make("button", "move");
    button.type = "button";
    button.setAttribute("aria-label", label.replace("{line}", one.text));
    button.append(drawing(path));
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      pass(one.line, step);
      settle(one);
    });
    return button;
  }

  function drag(one, event) {
    event.preventDefault();
    one.grip.setPointerCapture(event.pointerId);
    one.line.classList.add("dragged");
    const move = ({ clientY }) => {
      const middle = (line) => {
        const box = line?.getBoundingClientRect();
        return box ? box.top + box.height / 2 : NaN; // beyond the ends there is nothing to pass
      };
      while (clientY < middle(one.line.previousElementSibling)) pass(one.line, -1);
      while (clientY > middle(one.line.nextElementSibling)) pass(one.line, 1);
    };
    const drop = () => {
      one.grip.removeEventListener("pointermove", move);
      one.line.classList.remove("dragged");
      settle(one);
    };
    one.grip.addEventListener("pointermove", move);
    one.grip.addEventListener("lostpointercapture", drop, { once: true });
  }

  /** Moves the neighbour over the line: what is moved in a page loses its focus and its pointer. */
  function pass(line, step) {
    if (step < 0) line.after(line.previousElementSibling);
    else line.before(line.nextElementSibling);
  }

  /** Gives each line the place where it stands. */
  function settle(moved) {
    const standing = [...list.children];
    for (const { line, place } of lines) place.value = String(standing.indexOf(line) + 1);
    draw();
    shared?.remove();
    if (moved) {
      const place = moved.place.value;
      said.textContent = words.moved.replace("{place}", place).replace("{all}", lines.length).replace("{line}", moved.text);
    }
    list.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Puts the lines where their places say; those without one stay behind the others, in their order. */
  function sort() {
    const ranked = lines.map((one, index) => [Number(one.place.value) || Infinity, index, one.line]);
    ranked.sort(([a, i], [b, j]) => (a === b ? i - j : a - b));
    list.append(...ranked.map(([, , line]) => line));
    draw();
  }

  function draw() {
    const places = new Set(lines.map(({ place }) => place.value));
    const isSettled = places.size === lines.length && !places.has("");
    keep.hidden = isSettled || !quiz;
    for (const { line, place, grip, up, down } of lines) {
      grip.textContent = place.value || "–";
      up.setAttribute("aria-disabled", String(!line.previousElementSibling));
      down.setAttribute("aria-disabled", String(!line.nextElementSibling));
    }
  }
}

function make(name, css, text = "") {
  const element = document.createElement(name);
  element.className = css;
  element.textContent = text;
  return element;
}

function drawing(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
