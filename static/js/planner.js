// The planners' map: an area under the pointer is told beside the map, and a click opens its page.
// Everything on the map is in the table too, so that nothing is lost without this script.
const map = document.querySelector(".choropleth");
const told = document.querySelector("[data-told]");

if (map && told) {
  const first = told.textContent;
  const titles = new Map();
  // the browser's own tooltip would say the same a second later
  for (const path of map.querySelectorAll("path[data-code]")) {
    const title = path.querySelector("title");
    if (!title) continue;
    titles.set(path, title.textContent);
    title.remove();
  }
  const links = new Map();
  for (const row of document.querySelectorAll(".areas tr[data-code]")) {
    const link = row.querySelector("th a");
    if (link) links.set(row.dataset.code, link.href);
  }
  map.addEventListener("pointerover", event => {
    told.textContent = titles.get(event.target) || first;
  });
  map.addEventListener("pointerleave", () => {
    told.textContent = first;
  });
  map.addEventListener("click", event => {
    const href = links.get(event.target.dataset.code);
    if (href) window.location.assign(href);
  });
  for (const path of titles.keys()) path.classList.toggle("leads", links.has(path.dataset.code));
}
