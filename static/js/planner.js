// The planners' map: an area under the pointer is told beside the map and marked in the table, and the other way round;
// a click opens its page. With Leaflet one can come nearer. Everything on the map is in the table too.
/* global L */

import { drawAreas, drawLines } from "./areas.js";
import { makeMap } from "./map.js";
import { dataOf } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const drawing = document.querySelector(".choropleth");
const told = document.querySelector("[data-told]");

// What the server drew: the class and the words of each area.
function drawn() {
  const colours = new Map();
  const titles = new Map();
  const over = new Map();
  for (const path of drawing.querySelectorAll("path[data-code]")) {
    const title = path.querySelector("title");
    colours.set(path.dataset.code, path.getAttribute("class").replace(/^k k-/, ""));
    if (title) titles.set(path.dataset.code, title.textContent);
    const pattern = drawing.querySelector('path.over[d="' + path.getAttribute("d") + '"]');
    if (pattern) over.set(path.dataset.code, pattern.getAttribute("fill"));
  }
  return { colours, titles, over };
}

function rowsByCode() {
  return new Map(Array.from(document.querySelectorAll(".areas tr[data-code]"), (row) => [row.dataset.code, row]));
}

// An area and its row are marked together.
function linkRows(rows, pathOf) {
  const mark = (code, isOn) => {
    const path = pathOf(code);
    if (path) path.classList.toggle("is-marked", isOn);
    if (rows.has(code)) rows.get(code).classList.toggle("is-marked", isOn);
  };
  for (const [code, row] of rows) {
    for (const [event, isOn] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
      row.addEventListener(event, () => mark(code, isOn));
    }
  }
  return mark;
}

function open(rows, code) {
  const link = rows.has(code) && rows.get(code).querySelector("th a");
  if (link) window.location.assign(link.href);
}

function keepDrawing(rows) {
  const first = told.textContent;
  const { titles } = drawn();
  const paths = new Map(Array.from(drawing.querySelectorAll("path[data-code]"), (path) => [path.dataset.code, path]));
  const mark = linkRows(rows, (code) => paths.get(code));
  for (const [code, path] of paths) {
    // the browser's own tooltip would say the same a second later
    const title = path.querySelector("title");
    if (title) title.remove();
    path.classList.toggle("leads", rows.has(code));
    path.addEventListener("pointerenter", () => { told.textContent = titles.get(code) || first; mark(code, true); });
    path.addEventListener("pointerleave", () => { told.textContent = first; mark(code, false); });
    path.addEventListener("click", () => open(rows, code));
  }
}

// Hatching lies over the areas, as on the drawing; its patterns stay in the drawing's place.
function hatch(map, areas, over) {
  const patterns = document.createElementNS(SVG, "svg");
  patterns.setAttribute("class", "patterns");
  patterns.setAttribute("aria-hidden", "true");
  patterns.append(drawing.querySelector("defs").cloneNode(true));
  drawing.parentElement.append(patterns);
  drawing.querySelector("defs").remove();
  for (const [code, fill] of over) {
    const area = areas.paths.get(code);
    if (!area) continue;
    const style = { className: "over", stroke: false, fillColor: fill, fillOpacity: 1 };
    L.geoJSON(area.feature, { interactive: false, style }).addTo(map);
  }
}

async function startMap(element, rows) {
  const data = dataOf(element, "areas");
  const { colours, titles, over } = drawn();
  drawing.setAttribute("hidden", "");
  element.hidden = false;
  const map = makeMap(element);
  map.fitBounds(data.bounds, { animate: false });
  const areas = await drawAreas(map, data.boundaries, colours, titles, told);
  hatch(map, areas, over);
  if (data.above) await drawLines(map, data.above);
  const pathOf = (code) => areas.paths.get(code) && areas.paths.get(code).getElement();
  const mark = linkRows(rows, pathOf);
  for (const [code, area] of areas.paths) {
    if (rows.has(code)) area.getElement().classList.add("leads");
    area.on("mouseover", () => mark(code, true));
    area.on("mouseout", () => mark(code, false));
    area.on("click", () => open(rows, code));
  }
  for (const [lon, lat] of data.sites) {
    L.circleMarker([lat, lon], { radius: 5, className: "site", interactive: false, fillOpacity: 1 }).addTo(map);
  }
  element.dataset.ready = "yes";
}

if (drawing && told) {
  const element = document.querySelector("[data-areas]");
  const rows = rowsByCode();
  if (element && window.L) {
    startMap(element, rows).catch(() => {
      element.hidden = true;
      drawing.removeAttribute("hidden");
      keepDrawing(rows);
    });
  } else {
    keepDrawing(rows);
  }
}
