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

export function passwordHint(network) {
  if (!network) return "Leave it empty for an open network.";
  return network.saved
    ? "This network is saved. Type its password again to connect anew."
    : "8 to 63 characters, as on the router's label.";
}

export function formSummary(network) {
  if (!network) return "Its name must be spelt exactly.";
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
