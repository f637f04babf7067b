// Makes the pages live. Every page is whole without it: forms are sent and links followed as ever.
//
// With it, what is sent and what comes back stays on one page: only `main` is swapped for that of
// the answer. Events make the page ask for itself anew; nothing of what it says is made up here.

const BEACON_MS = 10_000;
const SETTLE_MS = 120;
const MOST_MS = 15_000;
const LIVE = { "X-Firstlight-Live": "1", Accept: "text/html" };

const root = document.body.dataset.root;
const words = document.body.dataset;
const main = () => document.getElementById("main");
const fingerprint = (element) => new XMLSerializer().serializeToString(element);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// What was typed, by the form that it was typed into; kept in memory only.
const typed = new Map();
let last = fingerprint(main());
let sending = 0;
let moves = 0;
// What the device would not do, kept in sight until somebody does something else.
let refusal = null;
// Something was sent, and nobody knows whether it arrived.
let lost = false;

// ---------------------------------------------------------------- what is on the page

function swap(text, where) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("main");
  if (!fresh) return;
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.querySelector("footer").replaceWith(page.querySelector("footer"));
  const before = main();
  const moved = before.dataset.page !== fresh.dataset.page;
  if (where && where !== location.pathname + location.search) history.pushState(null, "", where);
  if (fingerprint(fresh) === last && !moved) return;
  last = fingerprint(fresh);
  const open = new Set([...before.querySelectorAll("details[open][id]")].map((one) => one.id));
  const focus = document.activeElement?.id;
  const inside = before.contains(document.activeElement);
  const scrolled = [...before.querySelectorAll(".log")].map((one) => one.scrollTop);
  if (moved) refusal = null;
  if (refusal && !fresh.querySelector(".problem")) {
    // It was announced when it came.
    refusal.removeAttribute("role");
    (fresh.querySelector(".summary") ?? fresh.querySelector("h1"))?.after(refusal);
  }
  before.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
  [...fresh.querySelectorAll(".log")].forEach((one, n) => (one.scrollTop = scrolled[n] ?? 0));
  dress();
  follow();
  if (moved) {
    window.scrollTo(0, 0);
    (fresh.querySelector("[autofocus]") ?? fresh.querySelector("h1") ?? fresh).focus();
  } else if (inside) (document.getElementById(focus) ?? fresh.querySelector("h1"))?.focus();
}

// Whether somebody is in the middle of something that must not be taken from under their hands.
function occupied() {
  // A device that forgets everything has nothing more to say to this page; nor to a list that
  // somebody works on.
  if (main().dataset.page === "resetting" || "still" in main().dataset) return true;
  const at = document.activeElement;
  if (main().contains(at) && at.matches("input:not([type=hidden])") && at.value) return true;
  const filled = [...main().querySelectorAll("input:not([type=hidden])")].some((one) => one.value);
  return sending > 0 || (filled && main().dataset.page === "form") || Boolean(main().querySelector(".ask[open]"));
}

function dress() {
  for (const heading of main().querySelectorAll("h1")) heading.tabIndex = -1;
  for (const button of main().querySelectorAll("[data-shows]")) button.hidden = false;
  for (const form of main().querySelectorAll("form")) {
    const kept = typed.get(form.dataset.keep ?? form.getAttribute("action"));
    for (const [name, value] of kept ?? []) {
      const field = form.elements[name];
      if (field && field.type !== "hidden" && !field.value) field.value = value;
    }
  }
  for (const one of main().querySelectorAll("[data-until]")) one.ends = Date.now() + 1000 * one.dataset.until;
  for (const one of main().querySelectorAll("time[data-clock]"))
    one.textContent = new Date(one.dateTime).toLocaleTimeString(document.documentElement.lang);
  for (const one of main().querySelectorAll("time[data-day]"))
    one.textContent = new Date(one.dateTime).toLocaleDateString(document.documentElement.lang);
  tick();
}

function tick() {
  for (const one of main().querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.ceil((one.ends - Date.now()) / 1000));
    const clock = left < 100 ? `${left} s` : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (one.textContent !== clock) one.textContent = clock;
    if (!left && !one.over) {
      one.over = true;
      refusal = null;
      refresh();
    }
  }
}

function gap(open) {
  const place = document.getElementById("gap");
  if (!place) return;
  place.hidden = !open;
  place.textContent = open ? (main().dataset.page === "joining" ? words.changing : words.away) : "";
}

// ---------------------------------------------------------------- asking

async function ask(where, options = {}, patience = 12_000) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(where, { cache: "no-store", ...options, headers: { ...LIVE, ...options.headers }, signal: stop.signal });
    return { answer, text: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
}

// Goes to an address and shows what is there.
async function go(where, headers) {
  sending++;
  moves++;
  refusal = null;
  lost = false;
  try {
    const { answer, text } = await ask(where, { headers }, 45_000);
    if (answer.headers.get("Content-Type")?.startsWith("text/html")) {
      const there = new URL(answer.redirected ? answer.url : where, location.href);
      swap(text, there.pathname + there.search);
    }
    gap(false);
  } catch {
    history.pushState(null, "", where);
    gap(true);
    later();
  } finally {
    rest();
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const key = form.dataset.keep ?? form.getAttribute("action");
  typed.set(key, [...new FormData(form)].filter(([name]) => form.elements[name]?.type !== "hidden"));
  sending++;
  moves++;
  lost = false;
  const said = button?.textContent;
  if (button) {
    button.setAttribute("aria-disabled", "true");
    button.textContent = words.busy;
  }
  let next;
  try {
    const { answer, text } = await ask(form.getAttribute("action"), { method: "POST", body }, 60_000);
    next = answer.headers.get("Firstlight-Location");
    refusal = null;
    // What a list has taken over is read from there from now on.
    if (next && "still" in main().dataset) typed.delete(key);
    if (!next) {
      swap(text);
      refusal = main().querySelector(".problem")?.cloneNode(true) ?? null;
    }
    gap(false);
  } catch {
    lost = true;
    gap(true);
    later();
  } finally {
    rest();
    if (button?.isConnected) {
      button.removeAttribute("aria-disabled");
      button.textContent = said;
    }
  }
  if (next) await go(next);
}

// What happened while something was under way is in its answer or not: better ask once more.
let missed = false;
function rest() {
  sending--;
  if (sending || !missed) return;
  missed = false;
  refresh();
}

// Asks for this very page anew; several wishes at once are one. After a loss, the page at the start
// knows best how things stand.
let waiting = false;
let asked = 0;
let shown = 0;
async function refresh() {
  if (waiting) return;
  waiting = true;
  await pause(SETTLE_MS);
  waiting = false;
  missed ||= sending > 0;
  if (sending || (occupied() && !lost)) return;
  const start = lost && main().dataset.page === "form" ? `${root}/` : null;
  const where = start ?? (location.pathname + location.search).replace(/[?&]look$/, "");
  const before = moves;
  const turn = ++asked;
  try {
    const { answer, text } = await ask(where);
    // Whoever went on meanwhile does not want what was asked for before, and nobody what is older.
    if (before !== moves || turn < shown) return;
    if ((occupied() && !lost) || !answer.headers.get("Content-Type")?.startsWith("text/html")) return;
    shown = turn;
    lost = false;
    if (answer.redirected) location.assign(answer.url);
    else swap(text, start);
    gap(false);
  } catch {
    gap(true);
    later();
  }
}

// Keeps asking across a gap, ever more patiently.
let patience = 1000;
let retry = 0;
function later() {
  clearTimeout(retry);
  retry = setTimeout(async () => {
    patience = Math.min(patience * 1.6, MOST_MS);
    await refresh();
    if (document.getElementById("gap")?.hidden) patience = 1000;
  }, patience);
}

// ---------------------------------------------------------------- events and hands

let events;
function follow() {
  if (!("follow" in main().dataset) || events) return;
  events = new EventSource(`${root}/api/provisioning/events`);
  let broken = false;
  events.addEventListener("connected", () => {
    if (broken) refresh();
    broken = false;
  });
  events.addEventListener("device", refresh);
  events.addEventListener("error", () => {
    broken = true;
    if (events.readyState === EventSource.CLOSED) {
      events = null;
      setTimeout(follow, MOST_MS);
    }
    later();
  });
}

addEventListener("submit", (event) => {
  const { method, action, enctype } = event.target;
  if (method !== "post" || action.endsWith("/language") || enctype.startsWith("multipart")) return;
  event.preventDefault();
  if (event.submitter?.getAttribute("aria-disabled") !== "true") send(event.target, event.submitter);
});

addEventListener("click", (event) => {
  const shows = event.target.closest("[data-shows]");
  if (shows) {
    const field = document.getElementById(shows.dataset.shows);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    shows.textContent = shown ? shows.dataset.show : shows.dataset.hide;
    shows.setAttribute("aria-pressed", String(!shown));
    return;
  }
  const link = event.target.closest("main a[href]");
  if (!link || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const said = link.textContent;
  if ("busy" in link.dataset) link.textContent = words.busy;
  const headers = "byHand" in link.dataset ? { "X-Firstlight-By-Hand": "1" } : {};
  go(link.getAttribute("href"), headers).finally(() => (link.textContent = said));
});

// Tells the device that somebody is at the page, so that it doesn't take its hotspot away meanwhile.
let told = -BEACON_MS;
for (const touch of ["pointerdown", "keydown", "input"])
  addEventListener(
    touch,
    ({ isTrusted, timeStamp }) => {
      if (!isTrusted || timeStamp - told < BEACON_MS) return;
      told = timeStamp;
      // Nobody waits for it; the next touch tells it again.
      fetch(`${root}/api/provisioning/attended`, { method: "POST" }).catch(() => {});
    },
    { capture: true, passive: true },
  );

addEventListener("popstate", () => go(location.pathname + location.search));
setInterval(tick, 1000);
dress();
follow();
if (navigator.serviceWorker) navigator.serviceWorker.register(`${root}/service-worker.js`).catch(() => {});
