// Stands in where there is no network: for any page it shows the one that says so, with crisis numbers and what the
// browser has of the saved places, and of which day. It never shows a kept page as if it were of today.

const CACHE = "no-network";
const SHELLS = (new URL(self.location.href).searchParams.get("shells") || "").split(",").filter(Boolean);

async function keepShells() {
  const cache = await caches.open(CACHE);
  const wanted = new Set(SHELLS);
  for (const shell of SHELLS) {
    const answer = await fetch(shell, { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${shell}: ${answer.status}`);
    const page = await answer.clone().text();
    await cache.put(shell, answer);
    for (const [, file] of page.matchAll(/(?:href|src)="([^"#]*\/static\/[^"#]+)/g)) wanted.add(file);
  }
  for (const file of wanted) if (!SHELLS.includes(file) && !(await cache.match(file))) await cache.add(file);
  for (const old of await cache.keys()) {
    const { pathname, search } = new URL(old.url);
    if (!wanted.has(pathname + search)) await cache.delete(old);
  }
}

function shellFor(url) {
  const language = new URL(url).searchParams.get("lang");
  return SHELLS.find((shell) => shell.endsWith(`lang=${language}`)) || SHELLS[0];
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepShells().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(keepShells().catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(shellFor(url))) || Response.error()));
  } else if (url.pathname.startsWith("/static/")) {
    // a file's address changes with its content
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
