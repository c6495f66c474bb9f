// Names of areas on the map: each moves inside its area to where no sign and no other name is, or is left out.

const RANKS = ["subregion", "powiat", "gmina"];
const GAP = 2;
// how far a name may move from the middle of its area, in pixels and in steps
const ACROSS = [0, -24, 24, -48, 48, -72, 72, -96, 96];
const DOWN = [0, -12, 12, -24, 24, -36, 36, -48, 48, -60, 60];
const MOVES = ACROSS.flatMap((x) => DOWN.map((y) => [x, y])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
const COVERING = ".leaflet-marker-icon, .leaflet-control, .map-notice";

function box(element) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

function moved(rectangle, [x, y]) {
  return { left: rectangle.left + x, top: rectangle.top + y, right: rectangle.right + x, bottom: rectangle.bottom + y };
}

function meet(a, b) {
  return a.left < b.right + GAP && b.left < a.right + GAP && a.top < b.bottom + GAP && b.top < a.bottom + GAP;
}

function isWithin(rectangle, view) {
  const { left, top, right, bottom } = rectangle;
  return left >= view.left && top >= view.top && right <= view.right && bottom <= view.bottom;
}

// Whether the middle and both ends of a name lie in its area.
function isInside(area, rectangle, origin) {
  const path = area.getElement();
  if (!path || !path.isPointInFill) return true;
  const y = (rectangle.top + rectangle.bottom) / 2 - origin.top;
  return [rectangle.left, (rectangle.left + rectangle.right) / 2, rectangle.right].every((x) => {
    const point = path.ownerSVGElement.createSVGPoint();
    point.x = x - origin.left;
    point.y = y;
    return path.isPointInFill(point);
  });
}

export class Names {
  constructor(map) {
    this.map = map;
    this.areas = new Map(RANKS.map((rank) => [rank, []]));
    this.shifts = new WeakMap();
    this.asked = 0;
    map.on("moveend signs", () => this.placeSoon());
  }

  // The areas of a layer that have names now; none where they are not shown.
  set(layer, areas) {
    this.areas.set(layer, areas);
    this.placeSoon();
  }

  // Several causes come together: a map that has moved draws its signs anew.
  placeSoon() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.place();
    });
  }

  place() {
    const frame = this.map.getContainer().parentElement;
    const view = box(this.map.getContainer());
    const origin = box(this.map.getPane("mapPane"));
    const taken = Array.from(frame.querySelectorAll(COVERING), box);
    const found = [];
    for (const area of [].concat(...this.areas.values())) {
      const name = area.getTooltip() && area.getTooltip().getElement();
      if (!name) continue;
      const [x, y] = this.shifts.get(name) || [0, 0];
      const home = moved(box(name), [-x, -y]);
      if (!meet(home, view)) continue;
      const isFree = (move) => {
        const there = moved(home, move);
        return isWithin(there, view) && !taken.some((other) => meet(there, other));
      };
      const middle = [0, 0];
      // a city is a powiat and a gmina of one name
      const isSaid = found.some((other) => other.name.textContent === name.textContent && meet(other.home, home));
      const move = isSaid ? undefined : isFree(middle) ? middle
        : MOVES.find((each) => isFree(each) && isInside(area, moved(home, each), origin));
      if (move) taken.push(moved(home, move));
      found.push({ name, home, move });
    }
    // all is measured before anything moves
    for (const { name, move } of found) {
      const [x, y] = move || [0, 0];
      this.shifts.set(name, [x, y]);
      name.style.marginLeft = x + "px";
      name.style.marginTop = y + "px";
      name.style.visibility = move ? "" : "hidden";
    }
  }
}
