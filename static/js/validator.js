// The page of a checked file: its points on a map, and its findings sorted by the heading that is pressed.
/* global L */

import { boundaries, makeMap, sign } from "./map.js";
import { make } from "./words.js";

function drawMap(element, points) {
  const map = makeMap(element);
  const signs = points.features.map(({ geometry, properties }) => {
    const [lon, lat] = geometry.coordinates;
    return L.marker([lat, lon], { icon: sign(element.dataset.sprite, properties.shape, properties.group), keyboard: false })
      .bindTooltip(make("span", "", properties.line + ": " + properties.name));
  });
  const group = L.featureGroup(signs).addTo(map);
  map.fitBounds(group.getBounds(), { padding: [30, 30], maxZoom: 12 });
  const ready = () => { element.dataset.ready = "yes"; };
  boundaries(map, element).show("powiat").then(ready, ready);
}

function sortBy(table, column, heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  const rows = [...table.tBodies[0].rows];
  const text = (row) => row.cells[column].textContent.trim();
  rows.sort((a, b) => text(a).localeCompare(text(b), "pl", { numeric: true }) * (descending ? -1 : 1));
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  table.tBodies[0].append(...rows);
}

for (const table of document.querySelectorAll("[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = make("button", "sort", heading.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(table, column, heading));
    heading.replaceChildren(button);
  });
}

const element = document.querySelector("[data-checked-map]");
if (element && window.L) drawMap(element, JSON.parse(document.getElementById("points").textContent));
