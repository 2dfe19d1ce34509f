// Shows a source or a word where its link stands, so that the reader keeps their place. The links
// lead to the entries inside `entries`; without this script they jump there.

const GAP = 8; // px between the link and what it opens

export default function reveal(entries) {
  const dialog = document.createElement("dialog");
  dialog.className = "reveal";
  const content = document.createElement("div");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button secondary";
  close.textContent = document.body.dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(content, close);
  entries.after(dialog);
  if (!dialog.showModal) return; // an old browser: the links jump

  let opener;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-source], a[data-term]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!entry || !entries.contains(entry)) return;
    event.preventDefault();
    opener = link;
    content.replaceChildren(...[...entry.cloneNode(true).children].filter((part) => !part.matches(".way-back")));
    dialog.setAttribute("aria-label", link.textContent);
    dialog.showModal();
    place(dialog, link.getClientRects()[0]);
    dialog.scrollTop = 0;
    const covered = link.getBoundingClientRect().bottom + GAP - dialog.getBoundingClientRect().top;
    if (covered > 0 && dialog.getBoundingClientRect().bottom >= window.innerHeight) window.scrollBy(0, covered);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // outside: the backdrop belongs to the dialog
  });
  dialog.addEventListener("close", () => opener?.focus({ preventScroll: true }));
}

function place(dialog, link) {
  // Custom properties, because the style sheet decides: on a phone it makes a sheet at the bottom.
  const { innerWidth, innerHeight } = window;
  const start = getComputedStyle(dialog).direction === "rtl" ? innerWidth - link.right : link.left;
  const below = link.bottom + GAP;
  const fits = below + dialog.offsetHeight < innerHeight;
  const x = Math.max(GAP, Math.min(start, innerWidth - dialog.offsetWidth - GAP));
  const y = fits ? below : Math.max(GAP, link.top - GAP - dialog.offsetHeight);
  dialog.style.setProperty("--x", `${x}px`);
  dialog.style.setProperty("--y", `${y}px`);
}
