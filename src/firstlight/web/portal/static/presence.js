// Tells the device that somebody is at the page, so that it doesn't take its hotspot away meanwhile.

import { call } from "./api.js";

const TOUCHES = ["pointerdown", "keydown", "input"];
const PAUSE_MS = 10_000;

export function tellOfTouches() {
  let last = -PAUSE_MS;
  const touched = ({ isTrusted, timeStamp }) => {
    if (!isTrusted || timeStamp - last < PAUSE_MS) return;
    last = timeStamp;
    // Nobody waits for it; the next touch tells it again.
    call("POST", "attended", { timeout: 4000 }).catch(() => {});
  };
  for (const touch of TOUCHES) addEventListener(touch, touched, { capture: true, passive: true });
}
