// Answers on their way to the server. Each is kept in this browser first and until the server has it, bound
// to its attempt and to the person who gave it: nobody else sees it or sends it. Sending one twice is harmless.
//
// IndexedDB, because only there a browser says when a change is on the disk ("strict"): what localStorage
// holds can be gone after the battery is. What the browser cannot keep lives as long as the page.

const SHORTEST_WAIT = 1000; // ms until a failed try is repeated; it doubles with each one
const LONGEST_WAIT = 30000;
const MOST = 100; // answers in one request
const MOST_BYTES = 50000; // browsers refuse more than 64 kB from a page that is being closed
const LONGEST_TRY = 20000; // ms
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const person = document.body.dataset.person;
const entries = new Map(); // by attempt and item: the last answer that the server has not got
const unkept = new Map(); // those of them that the browser refused to keep
const listeners = [];
const channel = window.BroadcastChannel && new BroadcastChannel(`answers ${person}`); // between the tabs of this device
let trouble = ""; // "line": no answer from our server; "refused": it answered, but did not take them
let wait = SHORTEST_WAIT;
let timer;
let busy = 0;
let opened;

/** Done when the answers of earlier pages are here. */
export const ready = load();

/** The answers of this person that are not sent; of one attempt, if one is named. */
export function unsent(attempt) {
  return [...entries.values()].filter((entry) => !attempt || entry.attempt === attempt);
}

/** What stands in the way: "", "line", "refused", or "unkept" where there is no line and the browser keeps nothing. */
export function state() {
  return trouble === "line" && unkept.size ? "unkept" : trouble;
}

/** Calls heard({given}) for an answer from another tab, heard({verdicts}) for the server's word, heard({}) otherwise. */
export function listen(heard) {
  listeners.push(heard);
}

/** Keeps an answer, tells other tabs of it, and sends it soon. */
export function put(given) {
  const entry = { ...given, person, id: newId(), answered_at: new Date().toISOString() };
  entries.set(keyOf(entry), entry);
  channel?.postMessage({ given: entry });
  change((store) => store.put(entry)).then(
    () => unkept.delete(keyOf(entry)),
    () => {
      if (entries.get(keyOf(entry)) === entry) unkept.set(keyOf(entry), entry);
      tell({});
    },
  );
  tell({});
  later(400); // several quick changes go in one request
}

/** Sends what is waiting; says whether everything arrived. */
export async function flush() {
  await ready;
  clearTimeout(timer);
  busy += 1;
  for (const batch of batches(unsent())) {
    try {
      settle(await post(batch));
      trouble = "";
      wait = SHORTEST_WAIT;
    } catch (reason) {
      trouble = typeof reason === "number" && reason < 500 ? "refused" : "line";
    }
    if (trouble === "line") break;
  }
  busy -= 1;
  tell({});
  if (entries.size) {
    later(trouble ? wait * (0.8 + 0.4 * Math.random()) : 0); // not all phones of a class at once
    if (trouble) wait = Math.min(wait * 2, LONGEST_WAIT);
  }
  return !entries.size;
}

function later(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => (busy ? later(delay || 50) : flush()), delay);
}

/** The server's word on a batch, by response id. A batch that it cannot read is sent answer by answer. */
async function post(batch) {
  const body = JSON.stringify({
    responses: batch.map(({ attempt, person, ...response }) => response),
    sent_at: new Date().toISOString(),
  });
  const answer = await fetch(`/attempts/${batch[0].attempt}/responses`, {
    method: "POST",
    keepalive: body.length < MOST_BYTES, // so that it still leaves when the page is closed
    signal: AbortSignal.timeout?.(LONGEST_TRY),
    redirect: "manual", // to the sign-in page: an answer, and a refusal
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": document.querySelector("[name=csrf_token]").value,
    },
    body,
  });
  if (answer.ok) return (await answer.json()).verdicts;
  if (answer.status !== 422 || batch.length === 1) throw answer.status;
  const verdicts = {};
  for (const entry of batch) Object.assign(verdicts, await post([entry]).catch(() => ({})));
  if (!Object.keys(verdicts).length) throw answer.status;
  return verdicts;
}

function settle(verdicts) {
  const settled = unsent().filter((entry) => entry.id in verdicts);
  for (const entry of settled) drop(entry);
  change((store) => {
    for (const entry of settled) {
      const kept = store.get([entry.attempt, entry.item]);
      kept.onsuccess = () => kept.result?.id === entry.id && store.delete([entry.attempt, entry.item]);
    }
  }).catch(() => {});
  channel?.postMessage({ verdicts });
  tell({ verdicts, settled });
}

function drop(entry) {
  entries.delete(keyOf(entry));
  unkept.delete(keyOf(entry));
}

function* batches(all) {
  for (const attempt of new Set(all.map((entry) => entry.attempt))) {
    let batch = [];
    let bytes = 0;
    for (const entry of all.filter((one) => one.attempt === attempt)) {
      const size = JSON.stringify(entry).length;
      if (batch.length === MOST || (batch.length && bytes + size > MOST_BYTES)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(entry);
      bytes += size;
    }
    if (batch.length) yield batch;
  }
}

function tell(news) {
  for (const heard of listeners) heard(news);
}

function keyOf(entry) {
  return `${entry.attempt} ${entry.item}`;
}

// The browser's own store. What stands in it is not trusted: it may be of another person, or of another time.

async function load() {
  const kept = await change((store) => store.getAll()).catch(() => []);
  for (const entry of kept) {
    const known = entries.get(isOurs(entry) && keyOf(entry));
    if (isOurs(entry) && !(known?.sequence >= entry.sequence)) entries.set(keyOf(entry), entry);
  }
}

function isOurs(entry) {
  return (
    entry.person === person &&
    UUID.test(entry.attempt) &&
    UUID.test(entry.id) &&
    typeof entry.item === "string" &&
    Number.isInteger(entry.sequence)
  );
}

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("answers", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("answers", { keyPath: ["attempt", "item"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Does work(store) in one transaction; gives its result once that is on the disk. */
async function change(work) {
  const transaction = (await database()).transaction("answers", "readwrite", { durability: "strict" });
  const request = work(transaction.objectStore("answers"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // needs HTTPS; a camp's own server may not have it
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

channel?.addEventListener("message", ({ data: { given, verdicts } }) => {
  if (given && !(entries.get(keyOf(given))?.sequence > given.sequence)) entries.set(keyOf(given), given);
  const settled = verdicts ? unsent().filter((entry) => entry.id in verdicts) : [];
  for (const entry of settled) drop(entry);
  tell({ given, verdicts, settled });
  if (given) later(5000); // the tab that it was given in sends it, unless it is closed first
});
window.addEventListener("online", () => later(0)); // a hint and no more: only our server's answer counts
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState === "hidden") return leave();
  await load();
  later(0);
});

function leave() {
  if (entries.size) flush();
}

ready.then(() => {
  tell({});
  if (entries.size) later(0);
});
