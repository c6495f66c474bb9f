// The scenario bench with scripts: sites are dragged, or moved by keyboard, and the page's figures follow.
// Everything here can be done by the page's forms and links too.
/* global L */

import { drawAreas, drawLines } from "./areas.js";
import { afterMove, readChange, writeChange } from "./changes.js";
import { makeMap } from "./map.js";
import { result } from "./result.js";
import { dataOf, fill, make } from "./words.js";

const MOST_CHANGES = 30;
const STEP_PIXELS = 8;
const KEYBOARD_WAIT = 250;
// above all signs that lie farther down the map
const ON_TOP = 10000;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class Bench {
  constructor(element) {
    this.element = element;
    this.data = dataOf(element, "bench");
    this.words = dataOf(element, "words");
    this.told = document.querySelector("[data-told]");
    this.problem = document.querySelector("[data-problem]");
    this.changes = this.data.changes.map(([written]) => written);
    this.markers = new Map();
    this.page = result(this.words);
  }

  async start() {
    const { data } = this;
    document.querySelector("[data-drawing]").setAttribute("hidden", "");
    this.element.hidden = false;
    document.querySelector("[data-help]").hidden = false;
    this.map = makeMap(this.element);
    this.map.createPane("picked").style.zIndex = 650;
    this.map.fitBounds(data.bounds, { animate: false });
    const colours = new Map(data.codes.map((code, n) => [code, data.colours[n]]));
    const titles = new Map(data.codes.map((code, n) => [code, data.titles[n]]));
    this.areas = await drawAreas(this.map, data.boundaries, colours, titles, this.told);
    await drawLines(this.map, data.lines);
    this.place();
    this.offer();
    this.element.dataset.ready = "yes";
  }

  // Every site where it stands now, with the state that its sign shows.
  standing() {
    const changed = new Map(this.changes.map(readChange).filter((each) => each.kind !== "add").map((each) => [each.who, each]));
    const sites = this.data.sites.map(([key, name, lon, lat]) => {
      const change = changed.get(key);
      const at = change && change.at ? change.at : [lon, lat];
      const state = !change ? "" : { close: "is-closed", move: "is-new" }[change.kind] || "";
      return { id: key, name, at, state };
    });
    const added = this.changes
      .map((text, n) => ({ id: "new:" + n, name: this.words.new, at: readChange(text).at, state: "is-new", isNew: text.startsWith("add:") }))
      .filter((each) => each.isNew);
    return sites.concat(added);
  }

  place() {
    const standing = this.standing();
    const ids = new Set(standing.map((site) => site.id));
    for (const [id, marker] of this.markers) {
      if (!ids.has(id)) {
        marker.remove();
        this.markers.delete(id);
      }
    }
    for (const site of standing) {
      const marker = this.markers.get(site.id) || this.sign(site);
      marker.setLatLng([site.at[1], site.at[0]]);
      // whoever put it on a present site can take it up again
      marker.setZIndexOffset(site.state === "is-new" ? ON_TOP : 0);
      const { classList } = marker.getElement();
      for (const name of ["is-new", "is-closed"]) classList.toggle(name, name === site.state);
      if (marker.dragging) marker.dragging[site.state === "is-closed" ? "disable" : "enable"]();
    }
  }

  sign(site, picked = false) {
    const icon = L.divIcon({ html: make("i", ""), className: "bench-site", iconSize: [28, 28] });
    const options = { icon, draggable: true, autoPan: true, keyboard: picked, pane: picked ? "picked" : "markerPane" };
    const marker = L.marker([site.at[1], site.at[0]], options).addTo(this.map);
    marker.on("mouseover", () => { this.told.textContent = site.name; });
    marker.on("mouseout", () => { this.told.textContent = ""; });
    marker.on("dragend", () => this.moved(site.id, marker.getLatLng(), performance.now()));
    this.markers.set(site.id, marker);
    return marker;
  }

  moved(id, { lng, lat }, began) {
    this.change(afterMove(this.changes, id, [lng, lat]), began);
  }

  // The new changes, computed by the server, are shown; what cannot be is taken back.
  async change(changes, began = performance.now()) {
    if (changes.length > MOST_CHANGES) {
      this.complain(this.words.full);
      this.place();
      return;
    }
    if (this.asking) this.asking.abort();
    this.asking = new AbortController();
    const before = this.changes;
    this.changes = changes;
    const query = changes.map((text) => "zmiana=" + encodeURIComponent(text)).join("&");
    const address = this.data.result + (this.data.result.includes("?") ? "&" : "?") + query;
    try {
      const answer = await fetch(address, { signal: this.asking.signal });
      if (!answer.ok) throw new Error("result: " + answer.status);
      this.show(await answer.json(), began);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.changes = before;
      this.place();
      this.complain(this.words.failed);
    }
  }

  complain(text) {
    this.problem.textContent = text;
    this.problem.hidden = false;
  }

  show(found, began) {
    const { codes } = this.data;
    this.problem.hidden = true;
    this.areas.repaint(new Map(codes.map((code, n) => [code, found.colours[n]])), codes.map((code, n) => [code, found.titles[n]]));
    this.page.show(found);
    this.place();
    const { changes } = this;
    requestAnimationFrame(() => setTimeout(() => {
      const painted = performance.now();
      // what nobody sees comes after what everybody sees
      this.page.keep(changes, found.address);
      this.element.dataset.took = (painted - began).toFixed(1);
    }, 0));
  }

  // What the keyboard needs: a site of the list, or a new one, is chosen and then moved with arrows.
  offer() {
    for (const button of document.querySelectorAll("[data-pick]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.pick(button.dataset.pick, button));
    }
    const add = document.querySelector("[data-add]");
    if (!add || !this.data.types.length) return;
    add.hidden = false;
    add.addEventListener("click", async () => {
      const { elements } = add.form;
      const { lng, lat } = this.map.getCenter();
      const who = elements.nowy_typ.value || this.data.types[0][0];
      const places = /^\d{1,4}$/.test(elements.miejsca.value) ? elements.miejsca.value : "";
      const number = this.changes.length;
      await this.change([...this.changes, writeChange({ kind: "add", who, at: [lng, lat], places })]);
      if (this.changes.length > number) this.pick("new:" + number, add);
    });
  }

  pick(id, button) {
    const site = this.standing().find((each) => each.id === id);
    if (!site || site.state === "is-closed") return;
    this.markers.get(id).remove();
    const marker = this.sign(site, true);
    const element = marker.getElement();
    element.setAttribute("aria-label", fill(this.words.picked, { name: site.name }));
    element.classList.add("is-picked");
    element.addEventListener("keydown", (event) => this.key(event, id, marker, button));
    this.map.panTo(marker.getLatLng(), { animate: false });
    this.place();
    element.focus();
    this.told.textContent = fill(this.words.picked, { name: site.name });
  }

  key(event, id, marker, button) {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = STEP_PIXELS * (event.shiftKey ? 5 : 1);
      const point = this.map.latLngToContainerPoint(marker.getLatLng()).add(L.point(arrow).multiplyBy(step));
      marker.setLatLng(this.map.containerPointToLatLng(point));
      window.clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => this.moved(id, marker.getLatLng(), performance.now()), KEYBOARD_WAIT);
    } else if (event.key === "Enter" || event.key === "Escape") {
      window.clearTimeout(this.waiting);
      this.put(id, marker, button);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The site stays where it is, and the keyboard goes back to where it came from.
  put(id, marker, button) {
    const site = this.standing().find((each) => each.id === id);
    const here = marker.getLatLng();
    marker.remove();
    this.sign({ ...site, at: [here.lng, here.lat] });
    const isElsewhere = Math.abs(here.lng - site.at[0]) > 1e-5 || Math.abs(here.lat - site.at[1]) > 1e-5;
    if (isElsewhere) this.moved(id, here, performance.now());
    else this.place();
    this.told.textContent = fill(this.words.left, { name: site.name });
    button.focus();
  }
}

const element = document.querySelector("[data-bench]");
if (element && window.L) new Bench(element).start();
