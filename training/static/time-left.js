// Says how much time is left and submits the attempt at its end. The server decides when that is: no
// clock of this device does, and a trainer may give more time meanwhile.

const SPOKEN = [10, 5, 1]; // minutes: what a screen reader hears
const ASK_AGAIN = 5 * 60 * 1000;
const TRY_AGAIN = 5000;

export default function timeLeft(shown) {
  const form = shown.closest("form");
  const words = shown.dataset;
  const spoken = shown.parentNode.insertBefore(document.createElement("p"), shown.nextSibling);
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  let end = performance.now() + Number(words.seconds) * 1000;
  let before = Infinity; // seconds that were left at the last look
  let asking = false;

  const ticking = setInterval(look, 1000);
  setInterval(ask, ASK_AGAIN);
  // A device that slept has a clock that slept, too.
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("pageshow", (event) => event.persisted && ask());
  look();

  function look() {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      ask();
      return;
    }
    const minutes = left > 60 ? words.minutes.replace("{n}", Math.ceil(left / 60)) : words.last;
    say(shown, minutes);
    if (SPOKEN.some((mark) => left <= mark * 60 && before > mark * 60 && before !== Infinity)) say(spoken, minutes);
    before = left;
  }

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(words.time, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw answer.status;
      const { seconds } = await answer.json();
      end = performance.now() + seconds * 1000;
      asking = false;
      if (seconds > 0) look();
      else submit();
    } catch {
      if (end <= performance.now()) {
        say(shown, words.away);
        say(spoken, words.away);
      }
      setTimeout(() => (asking = false), TRY_AGAIN);
    }
  }

  function submit() {
    clearInterval(ticking);
    asking = true;
    say(shown, words.up);
    say(spoken, words.up);
    const then = document.createElement("input");
    Object.assign(then, { type: "hidden", name: "then", value: "submit" });
    form.append(then);
    form.submit(); // the whole page: what was changed last counts as well
  }
}

function say(element, sentence) {
  if (element.textContent !== sentence) element.textContent = sentence;
}
