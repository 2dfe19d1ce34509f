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

// Answers that an earlier page could not send: any page of their person sends them. Only where there is a store.
const notice = document.querySelector("[data-unsent]");
const hasStore = async () => (await indexedDB.databases()).some(({ name }) => name === "answers");
if (notice && (document.querySelector("[data-attempt]") || (await hasStore().catch(() => true)))) {
  import("./unsent.js").then((module) => module.default(notice)).catch(console.error);
}
