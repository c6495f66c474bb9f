// The widget with scripts: a map under the list, links that leave the frame, and a word to the page about its height.
/* global L */

import { boundaries, makeMap } from "./map.js";
import { Places } from "./places.js";
import { counted, dataOf } from "./words.js";

// Other pages of the map may not be framed: every link opens beside the page that the reader is on.
function leaveTheFrame() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.protocol === "tel:") return;
    link.target = "_blank";
    link.rel = "noopener";
  }, true);
}

async function startMap(box, element) {
  const words = dataOf(element, "words");
  const status = document.querySelector("[data-map-status]");
  const [west, south, east, north] = dataOf(element, "bounds");
  box.hidden = false;
  const map = makeMap(element);
  map.fitBounds([[south, west], [north, east]], { animate: false });
  const places = new Places(map, element, words, dataOf(element, "types"));
  const ground = boundaries(map, element);
  try {
    const [total] = await Promise.all([places.load(), ground.show("subregion"), ground.show("powiat")]);
    const near = places.view.places.slice(0, 10).map((place) => place.at);
    if (near.length) map.fitBounds(L.latLngBounds(near), { padding: [30, 30], maxZoom: 12, animate: false });
    status.textContent = counted(words.shown, total);
  } catch (error) {
    status.textContent = words.failed;
  }
  element.dataset.ready = "yes";
}

// "https://*.example.org" is every site below, as in the policy that let the page embed this one.
function isAllowed(origin, parents) {
  return parents.some((parent) => {
    const [before, after] = parent.split("*");
    return after === undefined ? origin === parent
      : origin.startsWith(before) && origin.endsWith(after) && origin.length > parent.length - 1;
  });
}

function parentOrigin() {
  if (window.location.ancestorOrigins && window.location.ancestorOrigins.length) return window.location.ancestorOrigins[0];
  try {
    return new URL(document.referrer).origin;
  } catch (error) {
    return "";
  }
}

function tellHeight(content) {
  const origin = parentOrigin();
  if (window.parent === window || !isAllowed(origin, dataOf(content, "parents"))) return;
  const tell = () => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    window.parent.postMessage({ type: "map-of-support:height", height }, origin);
  };
  if ("ResizeObserver" in window) new ResizeObserver(tell).observe(content);
  tell();
}

leaveTheFrame();
tellHeight(document.querySelector("[data-widget]"));
const box = document.querySelector("[data-map-box]");
if (box && window.L) startMap(box, box.querySelector("[data-map]"));
