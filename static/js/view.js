// What the server says is in view of the map. Where it gave all there is, it is not asked again.
/* global L */

const TILE = 256;

// Services at one location are one place; a group that the server made is one too, without its services.
function placesOf(features) {
  const places = new Map();
  for (const { geometry, properties, bbox } of features) {
    if (!geometry) continue;
    const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    if (properties.services) {
      const bounds = L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]);
      places.set(bbox.join() + at, { id: null, at, bounds, count: properties.services, services: [] });
      continue;
    }
    const id = properties.location_id;
    if (!places.has(id)) places.set(id, { id, at, bounds: L.latLngBounds(at, at), count: 0, services: [] });
    places.get(id).services.push(properties);
  }
  return Array.from(places.values());
}

// Whole tiles around the view: whoever moves a little, or looks at the same town as another, asks the same.
function around(map) {
  const { min, max } = map.getPixelBounds();
  const corner = (point, round) => map.unproject(L.point(round(point.x / TILE) * TILE, round(point.y / TILE) * TILE));
  return L.latLngBounds(corner(min, Math.floor), corner(max, Math.ceil));
}

function address(service, bounds, zoom) {
  const url = new URL(service, document.baseURI);
  const west = Math.max(bounds.getWest(), -180);
  const south = Math.max(bounds.getSouth(), -90);
  const east = Math.min(bounds.getEast(), 180);
  const north = Math.min(bounds.getNorth(), 90);
  url.searchParams.set("bbox", [west, south, east, north].map((each) => each.toFixed(5)).join());
  url.searchParams.set("zoom", Math.round(zoom));
  return url;
}

async function ask(url, signal) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json" }, signal });
  if (!answer.ok) throw new Error("map: " + answer.status);
  return answer.json();
}

export class View {
  constructor(map, service) {
    this.map = map;
    this.service = service;
    this.places = [];
    this.total = 0;
    this.isWhole = false;
    // what was asked for last; its answer may still be on the way
    this.asked = null;
  }

  isKnown() {
    if (this.isWhole) return true;
    return Boolean(this.asked) && this.asked.zoom === this.map.getZoom() && this.asked.bounds.contains(this.map.getBounds());
  }

  // Resolves when what is in view is there, to whether it is new.
  load() {
    if (this.isKnown()) return this.asked.answer;
    if (this.asked) this.asked.stop.abort();
    const asked = { zoom: this.map.getZoom(), bounds: around(this.map), stop: new AbortController() };
    this.asked = asked;
    asked.answer = this.fetch(asked);
    return asked.answer;
  }

  async fetch(asked) {
    try {
      const found = await ask(address(this.service, asked.bounds, asked.zoom), asked.stop.signal);
      this.places = placesOf(found.features);
      this.total = found.total;
      this.isWhole = found.whole;
      return true;
    } catch (error) {
      if (this.asked === asked) this.asked = null;
      // another question has taken its place
      if (asked.stop.signal.aborted) return this.asked ? this.asked.answer : false;
      throw error;
    }
  }

  // The places of one spot, with all that is to be said about each.
  async at(bounds) {
    const found = await ask(address(this.service, bounds.pad(0.1), this.map.getMaxZoom()));
    if (!found.whole) return placesOf(found.features);
    return placesOf(found.features).filter((place) => bounds.pad(0.1).contains(place.at));
  }
}
