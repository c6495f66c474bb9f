// The places found, on the map: signs and clusters with names, and one of them chosen.
/* global L */

import { clusters } from "./clusters.js";
import { clusterSign, hasBasemap, sign } from "./map.js";
import { Popups } from "./popup.js";
import { View } from "./view.js";
import { counted } from "./words.js";

const CELL_PIXELS = 64;
const APART_FROM_ZOOM = 15;
const APART_METRES = 30;
// near enough to see the neighbourhood; without a basemap only boundaries tell where one is
const NEAR_ZOOM = { basemap: 14, boundaries: 11 };
// what one can call "here": a house and its yard, in degrees
const HERE = 0.0003;

function boundsOf(places) {
  return places.reduce((bounds, place) => bounds.extend(place.bounds), L.latLngBounds([]));
}

export class Places {
  constructor(map, element, words, types) {
    this.map = map;
    this.words = words;
    this.types = types;
    this.sprite = element.dataset.sprite;
    this.view = new View(map, element.dataset.services);
    this.popups = new Popups(map, element, words, types);
    this.nearZoom = NEAR_ZOOM[hasBasemap(element) ? "basemap" : "boundaries"];
    this.signs = L.layerGroup().addTo(map);
    this.drawn = new Map();
    this.selected = null;
    map.on("moveend", () => this.follow());
    map.on("popupclose", () => this.select(null));
  }

  async load() {
    await this.view.load();
    this.draw();
    return this.view.total;
  }

  // What is known is drawn at once; what is in view now replaces it when it comes.
  follow() {
    this.draw();
    if (this.view.isKnown()) return;
    this.view.load().then((isNew) => isNew && this.draw(), () => {});
  }

  draw() {
    const zoom = this.map.getZoom();
    if (zoom === undefined) return;
    const around = this.map.getBounds().pad(0.3);
    const visible = this.view.places.filter((place) => around.contains(place.at));
    const cell = zoom >= APART_FROM_ZOOM ? 1 : CELL_PIXELS;
    this.signs.clearLayers();
    this.drawn.clear();
    this.groups = clusters(visible, (place) => this.map.project(place.at, zoom), cell);
    for (const group of this.groups) this.drawGroup(group, zoom);
    this.map.fire("signs");
    this.mark();
  }

  drawGroup(group, zoom) {
    const [only] = group.places[0].services;
    const isAlone = group.services === 1 && only;
    const [, type, shape] = (isAlone && this.types[only.type]) || ["", "day", "circle"];
    const name = isAlone ? this.popups.title(only) : counted(this.words.cluster, group.services);
    const icon = isAlone ? sign(this.sprite, shape, type) : clusterSign(group.services);
    group.at = this.map.unproject([group.x, group.y], zoom);
    const marker = L.marker(group.at, { icon, title: name, alt: "", keyboard: false, riseOnHover: true }).addTo(this.signs);
    // no tab stop, for the list is complete; but it has a name for whoever explores by touch
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", name);
    marker.on("click", () => this.choose(group));
    for (const place of group.places) if (place.id) this.drawn.set(place.id, marker);
  }

  // The sign nearest to the middle of the map, for whoever steers by keys.
  chooseMiddle() {
    const middle = this.map.getCenter();
    const visible = (this.groups || []).filter((group) => this.map.getBounds().contains(group.at));
    const far = (group) => middle.distanceTo(group.at);
    const nearest = visible.reduce((best, group) => (best && far(best) <= far(group) ? best : group), null);
    if (nearest) this.choose(nearest);
    return Boolean(nearest);
  }

  choose(group) {
    const bounds = boundsOf(group.places);
    const isApart = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > APART_METRES;
    if (group.services > 1 && isApart && this.map.getZoom() < APART_FROM_ZOOM) {
      this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: APART_FROM_ZOOM });
      return;
    }
    this.tell(group.places, group.places.length > 1 ? group.at : group.places[0].at, this.map.getContainer());
  }

  // A group that the server counted has no services yet: they are asked for.
  async tell(places, at, opener) {
    const isCounted = places.some((place) => place.count);
    const found = isCounted ? await this.view.at(boundsOf(places)) : places;
    const services = [].concat(...found.map((place) => place.services));
    if (!services.length) return;
    this.popups.open(services, at, opener);
    this.select(found[0].id);
  }

  // From the list: come near enough that the place stands alone, and tell about it.
  async show(id, at, opener) {
    this.map.setView(at, Math.max(this.map.getZoom(), this.nearZoom), { animate: false });
    let place = this.view.places.find((each) => each.id === id);
    if (!place) {
      const here = L.latLngBounds([at.lat - HERE, at.lng - HERE], [at.lat + HERE, at.lng + HERE]);
      place = (await this.view.at(here)).find((each) => each.id === id);
    }
    if (!place) return false;
    await this.tell([place], place.at, opener);
    return true;
  }

  select(id) {
    this.selected = id;
    this.mark();
    if (this.onSelect) this.onSelect(id);
  }

  mark(hovered) {
    const id = hovered || this.selected;
    for (const [each, marker] of this.drawn) {
      const element = marker.getElement();
      if (element && each !== id) element.classList.remove("is-selected");
    }
    const chosen = this.drawn.get(id);
    if (chosen && chosen.getElement()) chosen.getElement().classList.add("is-selected");
  }
}
