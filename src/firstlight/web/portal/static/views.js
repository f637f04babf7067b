// Makes what is seen. Whatever comes over the air or the wire is only ever set as text.

import * as words from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);
export const part = (root, name) => root.querySelector(`[data-fill="${name}"]`);
export const action = (root, name) => root.querySelector(`[data-do="${name}"]`);

export const clone = (id) => byId(id).content.cloneNode(true);

// Shows a problem in the place that a view has for it, or clears it.
export function showProblem(root, error) {
  const place = part(root, "problem");
  place.hidden = !error;
  const strong = document.createElement("strong");
  strong.textContent = words.sentence(error?.message ?? "");
  place.replaceChildren(strong, error?.hint ? ` ${error.hint}` : "");
}

export function head(state, title, summary) {
  byId("halo").dataset.state = state;
  byId("title").textContent = title;
  byId("summary").textContent = summary;
  byId("summary").hidden = !summary;
}

// What is the matter with the device, if anything, whichever screen is shown.
export function drawCondition(status) {
  const text = words.condition(status);
  const place = byId("condition");
  // Set anew, the same words would be read out again.
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

// Replaces the view, and goes to the field that wants to be filled in first.
export function show(view) {
  byId("view").replaceChildren(view);
  byId("view").querySelector("[data-first]")?.focus();
}

function drawing(className, ...shapes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", className);
  for (const [name, attributes] of shapes) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}

const lock = () =>
  drawing("lock", ["path", { d: "M6 9V6.5a4 4 0 0 1 8 0V9h1v8H5V9h1zm2 0h4V6.5a2 2 0 0 0-4 0V9z" }]);

function bars(signal) {
  const lit = [1, 25, 45, 70].filter((least) => signal >= least).length;
  const shapes = [0, 1, 2, 3].map((n) => [
    "rect",
    { x: 1 + n * 5, y: 13 - n * 4, width: 3.4, height: 5 + n * 4, rx: 1, class: n < lit ? "" : "faint" },
  ]);
  return drawing("bars", ...shapes);
}

function row(name, tags, marks, spoken, choose) {
  const fragment = clone("network-row");
  const button = fragment.querySelector("button");
  part(fragment, "name").textContent = name;
  part(fragment, "tags").textContent = tags.filter(Boolean).join(" · ");
  part(fragment, "marks").append(...marks);
  part(fragment, "words").textContent = spoken;
  button.addEventListener("click", choose);
  return { fragment, button };
}

function networkRow(network, choose) {
  const open = words.isOpen(network.security);
  const tags = [network.inUse && "In use", network.saved && "Saved", words.security(network.security)];
  const marks = open ? [bars(network.signal)] : [lock(), bars(network.signal)];
  const spoken = `, ${open ? "" : "secured, "}${words.strength(network.signal)}`;
  const { fragment, button } = row(network.ssid, tags, marks, spoken, () => choose(network));
  button.dataset.key = network.ssidHex;
  button.classList.toggle("in-use", network.inUse);
  return fragment;
}

function emptyRow(text) {
  const item = document.createElement("li");
  item.className = "empty";
  item.textContent = text;
  return item;
}

// Fills the list anew and keeps the focus on the network that had it.
// `choose` is called with a network, or with none for one that is not in the list.
// `empty` is said in place of networks where there are none.
export function fillNetworks(root, networks, empty, choose) {
  const list = part(root, "networks");
  const focused = list.contains(document.activeElement) && document.activeElement.dataset.key;
  const other = row("Other network…", ["Not in the list, or hidden"], [], "", () => choose(null));
  other.button.dataset.key = "other";
  const rows = networks.map((network) => networkRow(network, choose));
  list.replaceChildren(...(rows.length ? rows : [emptyRow(empty)]), other.fragment);
  if (focused)
    [...list.querySelectorAll("button")].find((one) => one.dataset.key === focused)?.focus();
  const ages = networks.map((network) => network.age).filter((age) => age !== null);
  part(root, "age").textContent = ages.length ? words.heard(Math.min(...ages)) : "";
}

export function fillSteps(root, attempt, open) {
  const list = part(root, "steps");
  const lines = attempt.steps.map((step) => ({
    text: words.STEPS[step.name] ?? step.name,
    time: words.seconds(step.elapsedMs),
  }));
  const reached = attempt.steps.at(-1)?.name ?? "";
  if (attempt.state === "running") lines.push({ text: `${words.nextStep(reached, open)}…` });
  lines.forEach((line, n) => {
    const item = list.children[n] ?? list.appendChild(document.createElement("li"));
    const signature = `${line.text} ${line.time ?? ""}`;
    if (item.dataset.shown === signature) return;
    item.dataset.shown = signature;
    item.className = line.time ? "done" : "next";
    item.replaceChildren(document.createTextNode(line.text));
    if (line.time) {
      const time = document.createElement("time");
      time.textContent = line.time;
      item.append(time);
    }
  });
  while (list.children.length > lines.length) list.lastElementChild.remove();
}

export function fillFacts(root, facts) {
  part(root, "facts").replaceChildren(
    ...facts.filter(([, value]) => value).map(([name, value, href]) => {
      const line = document.createElement("div");
      const term = line.appendChild(document.createElement("dt"));
      const place = line.appendChild(document.createElement("dd"));
      term.textContent = name;
      if (href) {
        const link = place.appendChild(document.createElement("a"));
        link.href = href;
        link.textContent = value;
      } else place.textContent = value;
      return line;
    }),
  );
}
