// Once seen, the page opens with the device away, and says so. Everything else comes from the device.

const KEPT = "firstlight-1";
const HERE = new URL("./", location).pathname;
const SHELL = ["offline", "static/firstlight.css", "static/brand.css", "static/live.js", "static/icon.svg"];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(SHELL.map((one) => HERE + one))));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("firstlight-") && name !== KEPT;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" || path.startsWith(`${HERE}api/`)) return;
  if (request.mode === "navigate")
    event.respondWith(fetch(request).catch(() => caches.match(`${HERE}offline`)));
  else if (SHELL.some((one) => path === HERE + one))
    event.respondWith(fetch(request).catch(() => caches.match(request)));
});
