// Gives life to every element with data-module="name": ./name.js gets it. Pages work without.
const NAME = /^[a-z]+(-[a-z]+)*$/;

export default function start(root) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) elements.unshift(root);
  for (const element of elements) {
    const name = element.dataset.module;
    if (!NAME.test(name)) continue;
    import(`./${name}.js`).then((module) => module.default(element)).catch(console.error);
  }
}

start(document);
