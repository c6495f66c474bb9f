// What is opened on the map: built from text alone, spoken as a dialog, and closed to where one came from.
/* global L */

import { counted, fill, link, make } from "./words.js";

// what stands around the words of a popup, with a little air to the edge of the map
const FRAME = 56;
const NARROW = 420;
const NO_ID = "00000000-0000-0000-0000-000000000000";

// "+48 123 456 789"; short numbers as they are
function readable(number) {
  return number.replace(/^(\+48)(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3 $4");
}

// names of records are in Polish, whatever the language of the page
function inPolish(element) {
  element.lang = "pl";
  return element;
}

export class Popups {
  constructor(map, element, words, types) {
    this.map = map;
    this.words = words;
    this.types = types;
    this.address = element.dataset.place;
    this.back = null;
    map.on("popupclose", () => this.giveBack());
    // Leaflet hears Escape only while the map itself has the focus
    map.getPane("popupPane").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      map.closePopup();
    });
  }

  // ``opener`` is what the focus returns to when it is closed.
  open(services, at, opener) {
    const content = make("div", "popup");
    if (services.length === 1) this.describe(content, services[0]);
    else this.list(content, services);
    // a popup that takes the place of another closes that one: the way back is told after it
    const popup = L.popup({ minWidth: 180, offset: [0, -8], ...this.room() })
      .setLatLng(at).setContent(content).openOn(this.map);
    this.back = opener;
    this.map.getContainer().classList.toggle("is-covered", this.map.getSize().x < NARROW);
    const box = popup.getElement();
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", content.firstChild.textContent);
    const close = box.querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", this.words.close);
    content.firstChild.tabIndex = -1;
    content.firstChild.focus({ preventScroll: true });
  }

  // Whole beside the zoom buttons; on a map as narrow as a phone these and the notices give way to it.
  room() {
    const { x: width } = this.map.getSize();
    const isNarrow = width < NARROW;
    return {
      maxWidth: Math.min(300, width - FRAME),
      autoPanPaddingTopLeft: isNarrow ? [8, 12] : [64, 20],
      autoPanPaddingBottomRight: [8, 20],
    };
  }

  // The focus was in what is gone now: without this it would be nowhere (Leaflet#8114).
  giveBack() {
    this.map.getContainer().classList.remove("is-covered");
    const back = this.back && this.back.isConnected ? this.back : this.map.getContainer();
    const isOurs = this.map.getPane("popupPane").contains(document.activeElement) || document.activeElement === document.body;
    this.back = null;
    if (isOurs) back.focus({ preventScroll: true });
  }

  pageOf(service) {
    return this.address.replace(NO_ID, encodeURIComponent(service.location_id)) + "#u-" + service.service_id;
  }

  describe(content, service) {
    const type = this.types[service.type];
    content.append(inPolish(make("p", "popup-title", service.name)));
    if (type && type[0] !== service.name) content.append(make("p", "hint", type[0]));
    const street = [service.street, service.city].filter(Boolean).join(", ");
    if (street) content.append(make("p", "", street));
    if (service.phone) content.append(link(service.phone_display || readable(service.phone), "tel:" + service.phone, "tel"));
    if (service.is_sample) content.append(make("span", "badge badge-sample", this.words.sample));
    const more = make("p", "");
    more.append(link(this.words.open, this.pageOf(service)));
    content.append(more);
    this.addWayToList(content, [service]);
  }

  list(content, services) {
    content.append(make("p", "popup-title", counted(this.words.here, services.length)));
    const list = make("ul", "popup-list");
    for (const service of services) {
      const item = make("li", "");
      item.append(inPolish(link(service.name, this.pageOf(service))));
      const type = this.types[service.type];
      if (type && type[0] !== service.name) item.append(make("span", "hint", type[0]));
      list.append(item);
    }
    content.append(list);
    this.addWayToList(content, services);
  }

  addWayToList(content, services) {
    const ids = new Set(services.map((service) => service.location_id));
    const card = Array.from(document.querySelectorAll(".card[data-location]")).find((each) => ids.has(each.dataset.location));
    if (!card) return;
    const heading = card.querySelector("h3 a");
    const way = make("button", "button-quiet", this.words.inList);
    way.type = "button";
    way.addEventListener("click", () => {
      this.back = heading;
      this.map.closePopup();
      card.scrollIntoView({ block: "center" });
      heading.focus({ preventScroll: true });
    });
    content.append(way);
  }

  title(service) {
    return fill(this.words.sign, { name: service.name, type: (this.types[service.type] || [""])[0] });
  }
}
