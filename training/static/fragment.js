// HTML of our own server as nodes. The one place where text becomes HTML: the page's policy allows no other.
const policy = window.trustedTypes?.createPolicy("training", { createHTML: (html) => html });

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return document.importNode(template.content, true);
}
