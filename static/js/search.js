// The search page with scripts: a shorter address, "near me", and the map beside the list.
/* global L */

import { boundaries, makeMap, whenNear } from "./map.js";
import { Places } from "./places.js";
import { steer } from "./steering.js";
import { counted, dataOf, fill } from "./words.js";

const GMINAS_FROM_ZOOM = 10;

// Fields left empty need not stand in the address.
function shortenAddress(form) {
  form.addEventListener("submit", () => {
    const empty = Array.from(form.elements).filter((field) => field.name && field.value === "" && !field.disabled);
    for (const field of empty) field.disabled = true;
    // whoever comes back finds the fields usable
    window.setTimeout(() => empty.forEach((field) => { field.disabled = false; }), 0);
  });
}

function searchNearMe(form) {
  const row = form.querySelector("[data-locate-row]");
  const button = form.querySelector("[data-locate]");
  const status = form.querySelector("[data-locate-status]");
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  row.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        for (const old of form.querySelectorAll("input[name=near]")) old.remove();
        const near = document.createElement("input");
        near.type = "hidden";
        near.name = "near";
        // about a hundred metres: enough to search by, and no more than we need to know
        near.value = coords.longitude.toFixed(3) + "," + coords.latitude.toFixed(3);
        form.append(near);
        form.elements.place.value = "";
        form.requestSubmit ? form.requestSubmit() : form.submit();
      },
      () => { status.textContent = button.dataset.denied; },
      { timeout: 10000, maximumAge: 60000 },
    );
  });
}

function closeFilters(form) {
  const open = () => form.querySelectorAll("details.filter[open]");
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const filter of open()) {
      filter.open = false;
      filter.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const filter of open()) if (!filter.contains(event.target)) filter.open = false;
  });
}

function linkListAndMap(places, words, status) {
  const cards = Array.from(document.querySelectorAll(".card[data-location]"));
  const isBeside = window.matchMedia("(min-width: 64rem)");
  for (const card of cards) {
    const id = card.dataset.location;
    const button = card.querySelector("[data-show]");
    const at = positionOf(card);
    if (button && at) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        if (!isBeside.matches) document.getElementById("mapa").scrollIntoView();
        const isShown = await places.show(id, at, button).catch(() => false);
        status.textContent = isShown ? fill(words.selected, { name: card.querySelector("h3").textContent }) : words.failed;
      });
    }
    card.addEventListener("mouseenter", () => places.mark(id));
    card.addEventListener("mouseleave", () => places.mark());
  }
  places.onSelect = (id) => {
    for (const card of cards) card.classList.toggle("is-selected", Boolean(id) && card.dataset.location === id);
    const chosen = cards.find((card) => id && card.dataset.location === id);
    if (chosen && isBeside.matches) chosen.scrollIntoView({ block: "nearest" });
  };
}

function positionOf(card) {
  if (!card.dataset.at) return null;
  const [lon, lat] = card.dataset.at.split(",").map(Number);
  return L.latLng(lat, lon);
}

function fit(map, element) {
  const listed = Array.from(document.querySelectorAll(".card[data-at]"), positionOf).filter(Boolean);
  const position = dataOf(element, "position");
  if (position && listed.length) listed.push(L.latLng(position[1], position[0]));
  if (listed.length) map.fitBounds(L.latLngBounds(listed), { padding: [40, 40], maxZoom: 13, animate: false });
}

function switchLayers(map, ground) {
  const box = document.querySelector("[data-layer-switch]");
  box.hidden = false;
  box.addEventListener("change", ({ target }) => {
    (target.checked ? ground.show(target.value) : ground.hide(target.value)).catch(() => { target.checked = false; });
  });
  // close up, gminas tell where one is; whoever switches a layer decides alone from then on
  const gmina = box.querySelector("input[value=gmina]");
  const comeNear = () => {
    if (map.getZoom() < GMINAS_FROM_ZOOM || gmina.checked) return;
    gmina.checked = true;
    ground.show("gmina").catch(() => { gmina.checked = false; });
  };
  map.on("zoomend", comeNear);
  comeNear();
  box.addEventListener("change", () => map.off("zoomend", comeNear));
  const chosen = Array.from(box.querySelectorAll("input:checked"), (input) => input.value);
  return Promise.all(chosen.map((layer) => ground.show(layer)));
}

function markPosition(map, element) {
  const position = dataOf(element, "position");
  if (!position) return;
  const icon = L.divIcon({ className: "you", iconSize: [18, 18] });
  // below the signs: it shall not cover their numbers
  L.marker([position[1], position[0]], { icon, keyboard: false, interactive: false, zIndexOffset: -1000 }).addTo(map);
}

async function startMap(element) {
  const words = dataOf(element, "words");
  const status = document.querySelector("[data-map-status]");
  const [west, south, east, north] = dataOf(element, "bounds");
  const map = makeMap(element);
  const whole = L.latLngBounds([south, west], [north, east]);
  map.fitBounds(whole, { animate: false });
  markPosition(map, element);
  if (element.dataset.page === "results") fit(map, element);
  const places = new Places(map, element, words, dataOf(element, "types"));
  const signs = places.load();
  const ground = boundaries(map, element, signs.catch(() => {}));
  linkListAndMap(places, words, status);
  steer(map, whole, () => places.chooseMiddle(), () => { status.textContent = words.nothing; });
  try {
    // signs do not wait for the ground that they stand on
    const lines = switchLayers(map, ground);
    status.textContent = counted(words.shown, await signs);
    element.dataset.usable = "yes";
    await lines;
  } catch (error) {
    status.textContent = words.failed;
  }
  element.dataset.ready = "yes";
}

const form = document.querySelector("[data-ask]");
shortenAddress(form);
searchNearMe(form);
closeFilters(form);
const element = document.querySelector("[data-map]");
if (element && window.L) whenNear(element, 600, () => startMap(element));
