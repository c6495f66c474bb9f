// Places saved in this browser, for all pages: kept fresh, and taken back when they are no longer public.
// Nothing is kept, and no service worker is put in, before somebody saves a place.

const KEY = "saved-places";
const A_DAY = 24 * 3600 * 1000;
const AN_HOUR = 3600 * 1000;
const addresses = JSON.parse(document.body.dataset.saved || "{}");

export function saved() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || "null");
    return kept && Array.isArray(kept.places) ? kept : { asked: 0, date: "", places: [] };
  } catch {
    return { asked: 0, date: "", places: [] };
  }
}

function keep(kept) {
  try {
    if (kept.places.length) localStorage.setItem(KEY, JSON.stringify(kept));
    else localStorage.removeItem(KEY);
  } catch {
    return false; // no room, or the browser does not allow it
  }
  return true;
}

function listAddress(address, ids) {
  const url = new URL(address, document.baseURI);
  url.searchParams.set("m", ids.join(","));
  return url.href;
}

export function listPage(ids) {
  return listAddress(addresses.page, ids);
}

// What the server says of these ids today replaces what was kept; what it does not name is gone.
export async function refresh(ids) {
  if (!ids.length) return forget();
  const answer = await fetch(listAddress(addresses.data, ids), { credentials: "omit" });
  if (!answer.ok) throw new Error(`saved places: ${answer.status}`);
  const { date, places } = await answer.json();
  const done = keep({ asked: Date.now(), date, places });
  if (places.length) await putWorkerIn();
  else await forget();
  return done;
}

export async function forget() {
  keep({ places: [] });
  if (!("serviceWorker" in navigator)) return true;
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  return true;
}

async function putWorkerIn() {
  if (!("serviceWorker" in navigator)) return;
  try {
    const shells = addresses.languages.split(",").map((code) => `${addresses.offline.split("?")[0]}?lang=${code}`);
    const registration = await navigator.serviceWorker.register(
      `${addresses.worker}?shells=${encodeURIComponent(shells.join(","))}`,
    );
    if (registration.active) registration.active.postMessage("refresh");
  } catch {
    // the list works without; only the page for no connection is missing
  }
}

// On any page: once in a day all that was saved is asked for anew, so that what was hidden since vanishes here too.
// After an hour without an answer the next page tries again.
const kept = saved();
if (kept.places.length && navigator.onLine !== false && Date.now() - kept.asked > (kept.failed ? AN_HOUR : A_DAY)) {
  refresh(kept.places.map((place) => place.id)).catch(() => keep({ ...kept, asked: Date.now(), failed: true }));
}
