// Tells the server that the lesson is being read, and offers to go on where the reader stopped.

export default function lesson(article) {
  if (article.dataset.opened) {
    const token = document.querySelector("[name=csrf_token]").value;
    fetch(article.dataset.opened, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  }
  const key = `place:${location.pathname}`;
  const resume = article.querySelector("[data-resume]");
  const kept = recall(key);
  const target = kept && document.getElementById(kept);
  if (target && !location.hash && target !== article.querySelector("section[id]")) {
    const link = resume.querySelector("a");
    link.href = `#${kept}`;
    link.textContent = target.querySelector("h2").textContent;
    resume.hidden = false;
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) remember(key, entry.target.id);
    },
    { rootMargin: "-30% 0px -60% 0px" },
  );
  for (const screen of article.querySelectorAll("section[data-screen]")) observer.observe(screen);
}

function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse storage; then the reader starts at the top.
  }
}
