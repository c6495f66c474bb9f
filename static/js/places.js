// The places found, on the map: signs, clusters, and a popup that is built from text alone.
/* global L */

import { clusters } from "./clusters.js";
import { clusterSign, hasBasemap, sign } from "./map.js";
import { fill, link, make } from "./words.js";

const CELL_PIXELS = 64;
const APART_FROM_ZOOM = 15;
// near enough to see the neighbourhood; without a basemap only boundaries tell where one is
const NEAR_ZOOM = { basemap: 14, boundaries: 11 };
const NO_ID = "00000000-0000-0000-0000-000000000000";

// Services at one location are one place.
function placesOf(features) {
  const places = new Map();
  for (const feature of features) {
    if (!feature.geometry) continue;
    const id = feature.properties.location_id;
    const [lon, lat] = feature.geometry.coordinates;
    if (!places.has(id)) places.set(id, { id, at: L.latLng(lat, lon), services: [] });
    places.get(id).services.push(feature.properties);
  }
  return Array.from(places.values());
}

// "+48 123 456 789"; short numbers as they are
function readable(number) {
  return number.replace(/^(\+48)(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3 $4");
}

export class Places {
  constructor(map, element, words, types) {
    this.map = map;
    this.words = words;
    this.types = types;
    this.sprite = element.dataset.sprite;
    this.address = element.dataset.place;
    this.places = [];
    this.nearZoom = NEAR_ZOOM[hasBasemap(element) ? "basemap" : "boundaries"];
    this.signs = L.layerGroup().addTo(map);
    this.drawn = new Map();
    this.selected = null;
    map.on("moveend", () => this.draw());
    map.on("popupclose", () => this.select(null));
  }

  async load(address) {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error("services: " + answer.status);
    this.places = placesOf((await answer.json()).features);
    this.draw();
    return this.places;
  }

  draw() {
    const zoom = this.map.getZoom();
    if (zoom === undefined) return;
    const around = this.map.getBounds().pad(0.3);
    const visible = this.places.filter((place) => around.contains(place.at));
    const cell = zoom >= APART_FROM_ZOOM ? 1 : CELL_PIXELS;
    this.signs.clearLayers();
    this.drawn.clear();
    for (const group of clusters(visible, (place) => this.map.project(place.at, zoom), cell)) this.drawGroup(group, zoom);
    this.mark();
  }

  drawGroup(group, zoom) {
    const services = group.places.reduce((sum, place) => sum + place.services.length, 0);
    const type = this.types[group.places[0].services[0].type] || ["", "day", "circle"];
    const icon = services > 1 ? clusterSign(services) : sign(this.sprite, type[2], type[1]);
    const at = this.map.unproject([group.x, group.y], zoom);
    const marker = L.marker(at, { icon, keyboard: false, riseOnHover: true }).addTo(this.signs);
    marker.on("click", () => this.choose(group.places, at));
    for (const place of group.places) this.drawn.set(place.id, marker);
  }

  choose(places, at) {
    const bounds = L.latLngBounds(places.map((place) => place.at));
    const apart = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 30;
    if (places.length > 1 && apart && this.map.getZoom() < APART_FROM_ZOOM) {
      this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: APART_FROM_ZOOM });
    } else {
      this.open(places, places.length > 1 ? at : places[0].at);
    }
  }

  open(places, at) {
    const content = make("div", "popup");
    const services = [].concat(...places.map((place) => place.services));
    if (services.length === 1) this.describe(content, services[0]);
    else this.list(content, services);
    L.popup({ maxWidth: 300, minWidth: 200, offset: [0, -8], autoPanPadding: [30, 50] })
      .setLatLng(at).setContent(content).openOn(this.map);
    const close = this.map.getContainer().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", this.words.close);
    this.select(places[0].id);
  }

  pageOf(service) {
    return this.address.replace(NO_ID, encodeURIComponent(service.location_id)) + "#u-" + service.service_id;
  }

  describe(content, service) {
    const type = this.types[service.type];
    content.append(make("p", "popup-title", service.name));
    if (type && type[0] !== service.name) content.append(make("p", "hint", type[0]));
    const street = [service.street, service.city].filter(Boolean).join(", ");
    if (street) content.append(make("p", "", street));
    if (service.phone) content.append(link(readable(service.phone), "tel:" + service.phone, "tel"));
    if (service.is_sample) content.append(make("span", "badge badge-sample", this.words.sample));
    const more = make("p", "");
    more.append(link(this.words.open, this.pageOf(service)));
    content.append(more);
  }

  list(content, services) {
    content.append(make("p", "popup-title", fill(this.words.here, { number: services.length })));
    const list = make("ul", "popup-list");
    for (const service of services) {
      const item = make("li", "");
      item.append(link(service.name, this.pageOf(service)));
      list.append(item);
    }
    content.append(list);
  }

  // From the list: come near enough that the place stands alone, and tell about it.
  show(id) {
    const place = this.places.find((each) => each.id === id);
    if (!place) return false;
    this.map.setView(place.at, Math.max(this.map.getZoom(), this.nearZoom), { animate: false });
    this.open([place], place.at);
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
