// The map's ground: region, boundaries that can be switched, and signs whose shape tells what a place is.
/* global L */

import { Names } from "./names.js";
import { dataOf, fill, make, written } from "./words.js";

const NAMES_FROM_ZOOM = { subregion: 0, powiat: 9, gmina: 10 };
// signs have names, and what is opened is read; the ground says nothing
const SPOKEN = new Set(["mapPane", "markerPane", "popupPane"]);
const WEIGHTS = { subregion: 2.5, powiat: 1.3, gmina: 0.9 };

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function style(layer, isGround) {
  return {
    color: colour("--map-" + layer),
    weight: WEIGHTS[layer],
    dashArray: layer === "gmina" ? "3 3" : null,
    fill: isGround,
    fillColor: colour("--map-land"),
    fillOpacity: 1,
  };
}

export function hasBasemap(element) {
  return Boolean(dataOf(element, "basemap").url);
}

function silence(pane) {
  pane.setAttribute("aria-hidden", "true");
  return pane;
}

export function makeMap(element) {
  const words = dataOf(element, "words");
  const basemap = dataOf(element, "basemap");
  element.textContent = "";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    zoomControl: false,
    minZoom: 6,
    maxZoom: basemap.url ? basemap.maxZoom : 16,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
  });
  // Leaflet slides to what it wants in view, such as the whole of a popup
  if (still) map.panBy = (offset, options) => L.Map.prototype.panBy.call(map, offset, { ...options, animate: false });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.attributionControl.setPrefix(false);
  for (const [name, pane] of Object.entries(map.getPanes())) {
    if (!SPOKEN.has(name)) silence(pane);
  }
  if (basemap.url) {
    const attribution = make("span", "", basemap.attribution).innerHTML;
    L.tileLayer(basemap.url, { attribution, maxZoom: basemap.maxZoom }).addTo(map);
  } else {
    map.removeControl(map.attributionControl);
  }
  return map;
}

// A map far down the page waits until someone comes as near as so many pixels.
export function whenNear(element, pixels, start) {
  // in view from the start: an observer would say so only after the first picture of the page
  if (!("IntersectionObserver" in window) || element.getBoundingClientRect().top < window.innerHeight) {
    start();
    return;
  }
  const watch = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      watch.disconnect();
      start();
    }
  }, { rootMargin: pixels + "px" });
  watch.observe(element);
}

function nameOf({ name, kind }, namesakes, words) {
  if (kind === "powiat") return fill(words.powiat, { name });
  // a town and the gmina around it
  return kind === "rural" && namesakes.get(name) > 1 ? fill(words.gmina, { name }) : name;
}

function countNames(group) {
  const counts = new Map();
  group.eachLayer(({ feature: { properties: { name } } }) => counts.set(name, (counts.get(name) || 0) + 1));
  return counts;
}

function nameAreas(group, layer, map, words, names) {
  // below the signs, which tell more
  if (!map.getPane("names")) silence(map.createPane("names")).style.zIndex = 350;
  const isNear = map.getZoom() >= NAMES_FROM_ZOOM[layer] && !(layer === "subregion" && map.getZoom() >= 9);
  const namesakes = countNames(group);
  group.eachLayer((area) => {
    if (!isNear) area.unbindTooltip();
    else if (!area.getTooltip()) {
      const name = make("span", "", nameOf(area.feature.properties, namesakes, words));
      area.bindTooltip(name, { permanent: true, direction: "center", className: "area-name", pane: "names" });
      // nobody hears a name of what is silent
      if (area.getElement()) area.getElement().removeAttribute("aria-describedby");
    }
  });
  names.set(layer, isNear ? group.getLayers() : []);
}

// They are asked for at once, and drawn when ``first`` is: the signs that stand on them.
export function boundaries(map, element, first = Promise.resolve()) {
  const addresses = dataOf(element, "layers");
  const words = dataOf(element, "words");
  const loaded = new Map();
  const shown = new Set();
  const names = new Names(map);
  let isGround = !hasBasemap(element);

  async function load(layer) {
    const answer = await fetch(addresses[layer]);
    if (!answer.ok) throw new Error(layer + ": " + answer.status);
    const found = await answer.json();
    await first;
    const pane = silence(map.createPane("boundary-" + layer));
    pane.style.zIndex = { gmina: 310, powiat: 320, subregion: 330 }[layer];
    const group = L.geoJSON(found, {
      pane: "boundary-" + layer,
      interactive: false,
      style: () => style(layer, false),
    });
    return group;
  }

  // One layer is the ground that others lie on: the first that comes.
  async function show(layer) {
    shown.add(layer);
    if (!loaded.has(layer)) loaded.set(layer, load(layer));
    const group = await loaded.get(layer);
    if (isGround && !map.getPane("ground")) {
      silence(map.createPane("ground")).style.zIndex = 300;
      L.geoJSON(group.toGeoJSON(), {
        pane: "ground",
        interactive: false,
        style: () => ({ stroke: false, fillColor: colour("--map-land"), fillOpacity: 1 }),
      }).addTo(map);
      isGround = false;
    }
    if (shown.has(layer)) {
      group.addTo(map);
      nameAreas(group, layer, map, words, names);
    }
  }

  async function hide(layer) {
    shown.delete(layer);
    names.set(layer, []);
    if (loaded.has(layer)) map.removeLayer(await loaded.get(layer));
  }

  map.on("zoomend", async () => {
    for (const layer of shown) nameAreas(await loaded.get(layer), layer, map, words, names);
  });
  return { show, hide };
}

const SVG = "http://www.w3.org/2000/svg";

export function sign(sprite, shape, group) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "m-" + group);
  svg.setAttribute("viewBox", "0 0 28 28");
  // the sign around it has the name
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", sprite + "#shape-" + shape);
  svg.append(use);
  const box = make("div", "");
  box.append(svg);
  return L.divIcon({ html: box, className: "marker", iconSize: [28, 28] });
}

export function clusterSign(count) {
  const size = count < 10 ? 36 : count < 100 ? 42 : count < 1000 ? 50 : 60;
  return L.divIcon({ html: make("span", "", written(count)), className: "cluster", iconSize: [size, size] });
}
