// Talks to the device: requests with a deadline, and one event stream that comes back by itself.

import { inTab } from "./keep.js";

const BASE = "/api/provisioning/";
const TOKEN = "firstlight-token";
const SILENCE_MS = 40_000;
const MAX_WAIT_MS = 15_000;

// An answer that is an error, as the device words it.
export class Problem extends Error {
  constructor(status, body) {
    super(body.message ?? "The device gave an answer that makes no sense.");
    this.status = status;
    this.hint = body.hint ?? "";
  }
}

// No answer at all.
export class Unreachable extends Error {}

export const setToken = (token) => inTab.set(TOKEN, token);

// Header values are bytes; a token may be any text.
const latin1 = (text) => String.fromCharCode(...new TextEncoder().encode(text));

function headers(more) {
  const token = inTab.get(TOKEN);
  return token ? { ...more, Authorization: `Bearer ${latin1(token)}` } : more;
}

// `byHand`: somebody at the page has asked for it.
export async function call(method, path, { body, byHand, timeout = 10_000 } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  let answer, text;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers: headers({
        ...(body && { "Content-Type": "application/json" }),
        ...(byHand && { "X-Firstlight-By-Hand": "1" }),
      }),
      body: body && JSON.stringify(body),
      signal: stop.signal,
      cache: "no-store",
    });
    text = await answer.text();
  } catch (error) {
    throw new Unreachable("The device can't be reached.", { cause: error });
  } finally {
    clearTimeout(timer);
  }
  const data = parse(text);
  if (!answer.ok) throw new Problem(answer.status, data);
  return { data, location: answer.headers.get("Location") };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Follows the events for ever. `on` has `event(event)`, `live()` each time the stream is up again,
// `gap()` when it broke, and `denied(problem)` when the device wants a token; `denied` may be awaited.
export async function follow(on) {
  let lastId = "";
  let wait = 1000;
  for (;;) {
    try {
      for await (const { event, id, data } of events(lastId)) {
        lastId = id || lastId;
        wait = 1000;
        if (event === "connected") on.live();
        else if (event === "device") on.event(JSON.parse(data));
      }
      on.gap();
    } catch (error) {
      if (error instanceof Problem && error.status === 401) await on.denied(error);
      else on.gap();
    }
    await pause(wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, MAX_WAIT_MS);
  }
}

async function* events(lastId) {
  const stop = new AbortController();
  let timer;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE_MS);
  };
  watch();
  try {
    const answer = await fetch(`${BASE}events`, {
      headers: headers(lastId ? { "Last-Event-ID": lastId } : {}),
      signal: stop.signal,
      cache: "no-store",
    });
    if (!answer.ok) throw new Problem(answer.status, parse(await answer.text()));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      watch();
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      yield* blocks.map(fields);
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function fields(block) {
  const found = { event: "", id: "", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return found;
}
