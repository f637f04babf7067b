// The screens. Each draws what it is given and calls back; none of them asks the device.

import { action, byId, clone, fillFacts, fillNetworks, fillSteps, head, part, show, showProblem } from "./views.js";
import * as words from "./words.js";

export function listScreen({ onRefresh, onChoose }) {
  const root = clone("list-view");
  action(root, "refresh").addEventListener("click", onRefresh);
  show(root);
  return {
    draw({ status, networks, looking }) {
      head(looking ? "working" : "waiting", "Choose a network", words.whereabouts(status));
      const button = action(byId("view"), "refresh");
      button.setAttribute("aria-disabled", String(looking));
      button.textContent = looking ? "Looking…" : "Look again";
      const empty = looking ? "Looking for networks…" : "No network is in sight.";
      fillNetworks(byId("view"), networks ?? [], empty, onChoose);
    },
    problem: (error) => showProblem(byId("view"), error),
  };
}

// `form` has `network` (none for one that is not in the list), `ssid`, `password`.
export function formScreen(form, { onConnect, onBack }) {
  const { network } = form;
  const open = Boolean(network && words.isOpen(network.security));
  const closed = Boolean(network && words.obstacle(network.security));
  const root = clone("form-view");
  const element = root.querySelector("form");
  const { ssid, password } = element.elements;
  const button = element.querySelector(".main");
  element.querySelector('[data-part="name"]').hidden = Boolean(network);
  element.querySelector('[data-part="password"]').hidden = open || closed;
  button.hidden = closed;
  ssid.value = form.ssid;
  password.value = form.password;
  part(root, "hint").textContent = words.passwordHint(network);
  (network ? password : ssid).toggleAttribute("data-first", !open && !closed);
  action(root, "show").addEventListener("click", (event) => reveal(event.target, password));
  action(root, "back").addEventListener("click", onBack);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    const problem = await onConnect(network ? network.ssid : ssid.value, password.value);
    button.disabled = false;
    if (problem && element.isConnected) showProblem(element, problem);
  });
  head(closed ? "off" : "waiting", network ? network.ssid : "Other network", words.formSummary(network));
  show(root);
}

function reveal(button, input) {
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.textContent = shown ? "Show" : "Hide";
  button.setAttribute("aria-pressed", String(!shown));
}

export function joiningScreen() {
  show(clone("joining-view"));
  return {
    draw(attempt, open) {
      const rest = "This takes a few seconds. Please stay on this page.";
      head("working", `Connecting to ${attempt.ssid}`, rest);
      fillSteps(byId("view"), attempt, open);
    },
  };
}

export function failedScreen(attempt, { onAgain, onOthers }) {
  const root = clone("result-view");
  action(root, "finish").remove();
  part(root, "advice").textContent = attempt.hint ?? "";
  fillSteps(root, attempt, false);
  action(root, "again").addEventListener("click", onAgain);
  action(root, "others").addEventListener("click", onOthers);
  head("trouble", "That did not work", attempt.message ?? "");
  show(root);
}

// `onFinish` resolves with what went wrong, or nothing.
export function connectedScreen({ onFinish, onOthers }) {
  const root = clone("result-view");
  action(root, "again").remove();
  const finish = action(root, "finish");
  finish.addEventListener("click", async () => {
    finish.disabled = true;
    const problem = await onFinish();
    finish.disabled = false;
    if (finish.isConnected) showProblem(byId("view"), problem);
  });
  action(root, "others").addEventListener("click", onOthers);
  show(root);
  return {
    draw({ mode, network, hostname, runtime }, attempt) {
      const name = network.lastSsid || network.activeConnection;
      const mine = attempt?.state === "succeeded" && attempt.ssid === network.lastSsid;
      const warning = (mine && words.WARNINGS[attempt.warning]) || "";
      const unfinished = mode === "onboarding";
      const state = runtime.phase === "degraded" ? "waiting" : "done";
      head(state, `Connected to ${name}`, warning || "The device is on your network.");
      part(byId("view"), "advice").textContent = [warning && words.WITHOUT_INTERNET, unfinished && words.UNFINISHED]
        .filter(Boolean)
        .join(" ");
      const done = !finish.hidden && !unfinished;
      finish.hidden = !unfinished;
      if (done && [finish, document.body].includes(document.activeElement)) byId("title").focus();
      const url = `http://${hostname}.local`;
      fillFacts(byId("view"), [
        ["Device", hostname],
        ["Address", network.ipv4Address],
        ["On your network", hostname && url, url],
      ]);
    },
  };
}

// Resolves with the token that was typed.
export function tokenScreen(problem) {
  return new Promise((resolve) => {
    const root = clone("token-view");
    const element = root.querySelector("form");
    element.elements.token.setAttribute("data-first", "");
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(element.elements.token.value);
    });
    head("waiting", "Who is there?", "This device asks for its token.");
    show(root);
    showProblem(byId("view"), problem);
  });
}
