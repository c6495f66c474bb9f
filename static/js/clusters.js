// Signs close together on the screen become one: by the cells of a grid, then touching neighbours joined.

function join(a, b) {
  const count = a.services + b.services;
  a.x = (a.x * a.services + b.x * b.services) / count;
  a.y = (a.y * a.services + b.y * b.services) / count;
  a.services = count;
  a.places = a.places.concat(b.places);
}

// ``places`` are anything with a number of ``services``; ``project`` tells where on the screen one is.
export function clusters(places, project, size) {
  const cells = new Map();
  for (const place of places) {
    const point = project(place);
    const key = Math.floor(point.x / size) + ":" + Math.floor(point.y / size);
    const found = { x: point.x, y: point.y, services: place.services.length || place.count, places: [place] };
    if (cells.has(key)) join(cells.get(key), found);
    else cells.set(key, found);
  }
  const joined = [];
  const largestFirst = Array.from(cells.values()).sort((a, b) => b.places.length - a.places.length);
  for (const cell of largestFirst) {
    const near = joined.find((other) => Math.hypot(other.x - cell.x, other.y - cell.y) < size * 0.7);
    if (near) join(near, cell);
    else joined.push(cell);
  }
  return joined;
}
