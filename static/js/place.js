// The small map on the page of a place.
/* global L */

import { boundaries, hasBasemap, makeMap, sign, whenNear } from "./map.js";
import { dataOf } from "./words.js";

function startMap(element) {
  const [lon, lat] = dataOf(element, "position");
  const map = makeMap(element);
  // the address beside it says more than its sign
  map.getPane("markerPane").setAttribute("aria-hidden", "true");
  map.setView([lat, lon], hasBasemap(element) ? 15 : 11);
  L.marker([lat, lon], {
    icon: sign(element.dataset.sprite, element.dataset.shape, element.dataset.group),
    keyboard: false,
    interactive: false,
  }).addTo(map);
  const ground = boundaries(map, element);
  Promise.all(["powiat", "gmina"].map((layer) => ground.show(layer))).then(
    () => { element.dataset.ready = "yes"; },
    // the address is on the page; without boundaries the map is only plainer
    () => { element.dataset.ready = "yes"; },
  );
}

const element = document.querySelector("[data-place-map]");
// the address stands above it; drawing all boundaries costs an old phone half a second
if (element && window.L) whenNear(element, 200, () => startMap(element));
