// What the page says. Everything else that it shows comes from the device.

export const STEPS = {
  found: "Network found",
  associated: "The network answers",
  password_accepted: "Password accepted",
  address: "Address received",
  gateway: "The router answers",
  internet: "The internet is reachable",
  saved: "Saved",
  restored: "Everything is as it was before",
};

const NEXT = {
  "": "Looking for the network",
  found: "Getting in touch",
  associated: "Checking the password",
  password_accepted: "Waiting for an address",
  address: "Looking for the way out",
  gateway: "Looking for the internet",
  internet: "Saving",
  saved: "Finishing",
  restored: "Finishing",
};

export function nextStep(reached, open) {
  return reached === "associated" && open ? NEXT.password_accepted : NEXT[reached];
}

const SECURITY = {
  open: "Open",
  owe: "Open, encrypted",
  wep: "WEP",
  wpa: "WPA",
  wpa2: "WPA2",
  "wpa2-wpa3": "WPA2/WPA3",
  wpa3: "WPA3",
};

export const security = (kind) =>
  kind.endsWith("-enterprise") ? "User accounts" : SECURITY[kind] ?? "Secured";

export const isOpen = (kind) => kind === "open" || kind === "owe";

// Why a network can't be joined from here, or nothing.
export function obstacle(kind) {
  if (kind.endsWith("-enterprise"))
    return "This network signs users in by name (802.1X). That is not supported yet.";
  if (kind === "wep") return "This network uses WEP, which is broken and not supported. Set its router to WPA2 or WPA3.";
  return "";
}

const FIELDS = { password: "The password", ssid: "The network name", ssidHex: "The network name" };

// The device names a field as programs know it; people know it by another name.
export function sentence(message) {
  const [, field, rest] = /^(\w+): (.*)$/s.exec(message) ?? [];
  const told = field in FIELDS ? `${FIELDS[field]} ${rest}` : message;
  return /[\p{L}\p{N}]$/u.test(told) ? `${told}.` : told;
}

export function passwordHint(network) {
  if (!network?.security) return "Leave it empty for an open network.";
  return network.saved
    ? "This network is saved. Type its password again to connect anew."
    : "8 to 63 characters, as on the router's label.";
}

export function formSummary(network) {
  if (!network) return "Its name must be spelt exactly.";
  const problem = obstacle(network.security);
  if (problem || !network.security) return problem;
  if (isOpen(network.security)) return "Open: no password needed, and others may listen.";
  return `Secured with ${security(network.security)}.`;
}

export const WARNINGS = {
  no_gateway: "The router does not answer.",
  dns_failure: "Names can't be looked up, so the internet is out of reach.",
  captive_portal: "The network wants a sign-in on a web page before it lets anybody through.",
  no_internet: "There is no internet behind this network.",
};

export function strength(signal) {
  if (signal >= 70) return "strong signal";
  if (signal >= 45) return "good signal";
  return signal >= 25 ? "weak signal" : "very weak signal";
}

export function heard(seconds) {
  if (seconds === null || seconds < 45) return "";
  const minutes = Math.max(1, Math.round(seconds / 60));
  return `heard ${minutes} min ago`;
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

export const WITHOUT_INTERNET = "The device stays connected. Whatever needs the internet will not work yet.";

export const UNFINISHED = "If all is well, finish the setup. You can still choose another network later.";

// Where the device is, above the list of networks.
export function whereabouts({ mode, network: { provisioned, connected, lastSsid } }) {
  if (connected && lastSsid) return `The device is connected to ${lastSsid}.`;
  if (mode === "provisioning" && provisioned && lastSsid)
    return `${lastSsid} is not reachable. The device tries it again by itself, or choose another network.`;
  return "Pick the WiFi that the device shall use.";
}

const about = (ms) => (ms < 90_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`);

// What is the matter with the device, in a few sentences, or nothing.
export function condition({ runtime, recovery }) {
  const { phase, health, summary, warnings } = runtime;
  if (phase === "restarting") return "The device is restarting.";
  const told = [...warnings];
  if (phase === "maintenance") told.unshift("The device is in maintenance: it repairs nothing by itself.");
  if (phase === "degraded" && !told.length) told.push(summary);
  if (recovery.activeLock === "recovery") told.push("The device is trying to get back online by itself.");
  else if (phase === "degraded" && health === "error") told.push(nextRepair(recovery));
  return told.filter(Boolean).join(" ");
}

function nextRepair({ enabled, inCooldown, cooldownMs, degradedNetworkStreak: failed, failureThreshold }) {
  if (!enabled) return "Automatic recovery is switched off.";
  if (inCooldown) return `The device waits for up to ${about(cooldownMs)} before it tries to repair this again.`;
  return failed ? `${failed} failed checks so far; after ${failureThreshold} the device repairs this by itself.` : "";
}
