// The control for the device's own network, at the foot of the page.

import { call } from "./api.js";
import { action, byId, part, showProblem } from "./views.js";

const RADIO_MS = 60_000;

let switching = false;

export function drawHotspot(status, busy) {
  const root = byId("hotspot");
  const { apEnabled, hotspotSsid, connected, lastSsid } = status.network;
  root.hidden = !hotspotSsid;
  part(root, "state").textContent = `${hotspotSsid} · ${apEnabled ? "on" : "off"}`;
  const leaves = connected && lastSsid ? `; it leaves ${lastSsid} for that` : "";
  part(root, "words").textContent = apEnabled
    ? "The device offers its own WiFi, so that it can be set up. Without it, it looks for its saved networks."
    : `The device can offer its own WiFi, so that it can be set up${leaves}.`;
  const button = action(root, "toggle");
  button.disabled = switching || busy;
  if (!switching) button.textContent = apEnabled ? "Turn hotspot off" : "Turn hotspot on";
}

// `state()` gives the status, `changed()` reads everything anew, `denied(error)` asks for a token.
export function bindHotspot({ state, changed, denied }) {
  const root = byId("hotspot");
  action(root, "toggle").addEventListener("click", async () => {
    const off = state().network.apEnabled;
    switching = true;
    action(root, "toggle").textContent = off ? "Turning off…" : "Turning on…";
    drawHotspot(state(), true);
    showProblem(root, null);
    let problem = null;
    try {
      await call("POST", off ? "hotspot/disable" : "hotspot/enable", { timeout: RADIO_MS });
    } catch (error) {
      problem = error;
    }
    switching = false;
    if (problem && (await denied(problem))) return;
    showProblem(root, problem);
    await changed();
  });
}
