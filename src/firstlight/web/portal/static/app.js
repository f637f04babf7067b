// The page follows the device: what is known of it, and which screen that leads to.

import { call, follow, Problem, setToken, Unreachable } from "./api.js";
import { bindHotspot, drawHotspot } from "./hotspot.js";
import { inBrowser } from "./keep.js";
import { tellOfTouches } from "./presence.js";
import { connectedScreen, failedScreen, formScreen, joiningScreen, listScreen, tokenScreen } from "./screens.js";
import { byId, drawCondition, head } from "./views.js";
import { isOpen } from "./words.js";

const SEEN = "firstlight-seen";
const SCAN_MS = 45_000;
const POLL_MS = 1500;
const MAX_POLL_MS = 8000;

let screen = { name: "" };
let status = null;
let changes = 0;
let networks = null;
let attempt = null;
let form = { network: null, ssid: "", password: "" };
let looking = false;
let browsing = false;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const is = (...names) => names.includes(screen.name);

function go(name, make) {
  const first = !screen.name;
  screen = { name };
  screen = { ...make(), name };
  if (!first && !byId("view").contains(document.activeElement)) byId("title").focus();
  window.scrollTo(0, 0);
}

function toList() {
  go("list", () => listScreen({ onRefresh: () => look(true), onChoose: (network) => toForm({ network }) }));
  drawList();
  if (!networks) look();
}

const drawList = () => screen.draw({ status, networks, looking });

function toForm(wanted) {
  form = { ssid: wanted.network?.ssid ?? "", password: "", ...wanted };
  go("form", () => formScreen(form, { onConnect: connect, onBack: toList }));
}

function toJoining(begun) {
  attempt = begun;
  browsing = false;
  go("joining", joiningScreen);
  drawJoining();
  poll();
}

function drawJoining() {
  const { network, password } = form;
  screen.draw(attempt, network ? isOpen(network.security) : !password);
}

function toFailed() {
  const leave = (next) => () => {
    inBrowser.set(SEEN, attempt.id);
    next();
  };
  go("failed", () => failedScreen(attempt, { onAgain: leave(tryAgain), onOthers: leave(toList) }));
}

// The form as it was left; after a reload, with what the attempt still tells.
function tryAgain() {
  if (form.ssid === attempt.ssid) return toForm(form);
  const { ssid, ssidHex } = attempt;
  const unseen = { ssid, ssidHex, security: "", hidden: true };
  toForm({ network: networks?.find((one) => one.ssidHex === ssidHex) ?? unseen });
}

function toConnected() {
  form = { network: null, ssid: "", password: "" };
  const onOthers = () => {
    browsing = true;
    networks = null;
    toList();
  };
  go("connected", () => connectedScreen({ onFinish: finish, onOthers }));
  screen.draw(status, attempt);
}

async function finish() {
  try {
    await call("POST", "onboarding/complete");
  } catch (error) {
    if (!(await denied(error))) return error;
  }
  await refresh();
  return null;
}

async function connect(ssid, password) {
  const { network } = form;
  form = { network, ssid, password };
  const name = network ? { ssidHex: network.ssidHex } : { ssid };
  const hidden = network ? Boolean(network.hidden) : true;
  try {
    const body = { ...name, hidden, ...(password && { password }) };
    const { location } = await call("POST", "network/connect", { body });
    toJoining({ id: location.split("/").at(-1), ssid, state: "running", steps: [] });
  } catch (error) {
    if (!(await denied(error))) return error;
  }
  return null;
}

async function look(byHand = false) {
  if (looking) return;
  looking = true;
  if (is("list")) drawList();
  let problem = null;
  try {
    networks = (await call("GET", "networks", { byHand, timeout: SCAN_MS })).data.networks;
  } catch (error) {
    networks ??= [];
    problem = error;
  }
  looking = false;
  if ((await denied(problem)) || !is("list")) return;
  drawList();
  screen.problem(problem);
}

// Asks for the attempt until it is over, also across gaps; events make it ask at once.
let poller = 0;
let hurry = () => {};
async function poll() {
  const mine = ++poller;
  let wait = POLL_MS;
  while (attempt.state === "running") {
    try {
      const { data } = await call("GET", `network/attempts/${attempt.id}`, { timeout: 4000 });
      if (mine !== poller) return;
      attempt = data.attempt;
      wait = POLL_MS;
      gap(false);
    } catch (error) {
      if (mine !== poller || (await denied(error))) return;
      if (error instanceof Problem && error.status === 404) return start();
      wait = Math.min(wait * 1.6, MAX_POLL_MS);
      gap(error instanceof Unreachable);
    }
    if (is("joining")) drawJoining();
    if (attempt.state === "running")
      await Promise.race([pause(wait), new Promise((now) => (hurry = now))]);
  }
  await readStatus();
  if (!is("joining")) return;
  if (attempt.state === "failed") toFailed();
  else if (status.network.connected) toConnected();
  else toList();
}

async function readStatus() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, MAX_POLL_MS)) {
    try {
      const before = changes;
      const { data } = await call("GET", "status");
      // Whatever the events have told meanwhile is newer.
      if (changes === before) status = data.status;
      drawAround();
      return gap(false);
    } catch (error) {
      if (error instanceof Problem && (!status || error.status === 401)) throw error;
      gap(true);
      await pause(wait);
    }
  }
}

async function readAttempt() {
  try {
    attempt = (await call("GET", "network/attempt")).data.attempt;
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) throw error;
    attempt = null;
  }
  drawAround();
}

// Reads everything and goes where the device is.
async function refresh() {
  try {
    await readStatus();
    await readAttempt();
    place();
  } catch (error) {
    if ((await denied(error)) || screen.name) return;
    head("trouble", "The device can't answer", [error.message, error.hint].join(" "));
  }
}

function start() {
  screen = { name: "" };
  return refresh();
}

// The screen that fits the device, unless somebody is in the middle of something.
function place() {
  if (is("token", "form", "failed")) return;
  if (attempt?.state === "running") is("joining") ? hurry() : toJoining(attempt);
  else if (is("joining")) hurry();
  else if (attempt?.state === "failed" && inBrowser.get(SEEN) !== attempt.id) toFailed();
  else if (status.network.connected && !browsing) is("connected") ? screen.draw(status, attempt) : toConnected();
  else is("list") ? drawList() : toList();
}

function drawAround() {
  byId("host").textContent = status.hostname;
  drawHotspot(status, attempt?.state === "running");
  drawCondition(status);
}

function gap(open) {
  byId("gap").hidden = !open;
  const joining = "The device is changing networks and is out of reach for a moment. This page keeps asking.";
  byId("gap").textContent = is("joining") ? joining : "The device is out of reach. This page keeps asking.";
}

// Whether an error was about the token; if so, it has been asked for and the page begun anew.
// Where reading is allowed and changing is not, no token would help: the error itself says what does.
let asking = null;
async function denied(error) {
  if (!isDenial(error) || !(asking || (await readingIsDenied()))) return false;
  asking ??= askForToken().finally(() => (asking = null));
  await asking;
  return true;
}

const isDenial = (error) => error instanceof Problem && error.status === 401;

const readingIsDenied = () => call("GET", "status").then(() => false, isDenial);

async function askForToken() {
  poller++;
  let problem = null;
  do {
    let typed;
    go("token", () => void (typed = tokenScreen(problem)));
    setToken(await typed);
    problem = { message: "That is not the token of this device." };
  } while (await readingIsDenied());
  await start();
}

function onEvent(event) {
  if (asking) return;
  if (event.status) {
    changes++;
    status = event.status;
    drawAround();
  }
  if (event.action === "network.connect" && !is("joining")) readAttempt().then(place, () => {});
  else if (event.status || is("joining")) place();
}

tellOfTouches();
bindHotspot({ state: () => status, changed: refresh, denied });
await refresh();
follow({ event: onEvent, live: refresh, gap: () => is("joining") || gap(true), denied });
