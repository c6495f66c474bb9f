// Areas of a planner's map in Leaflet: their colours are the classes that the server's drawing has.
/* global L */

async function outlines(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("boundaries: " + answer.status);
  return answer.json();
}

export async function drawAreas(map, address, colours, titles, told) {
  const paths = new Map();
  const texts = new Map(titles);
  const layer = L.geoJSON(await outlines(address), {
    style: (area) => ({ className: "k k-" + (colours.get(area.properties.code) || "out"), fillOpacity: 1, weight: 1 }),
  }).addTo(map);
  layer.eachLayer((area) => {
    const code = area.feature.properties.code;
    paths.set(code, area);
    area.on("mouseover", () => { told.textContent = texts.get(code) || ""; });
    area.on("mouseout", () => { told.textContent = ""; });
  });

  function repaint(newColours, newTitles) {
    for (const [code, area] of paths) {
      const element = area.getElement();
      const next = "k k-" + (newColours.get(code) || "out") + " leaflet-interactive";
      if (element && element.getAttribute("class") !== next) element.setAttribute("class", next);
    }
    for (const [code, text] of newTitles) texts.set(code, text);
  }

  return { repaint, paths, layer };
}

export async function drawLines(map, address) {
  L.geoJSON(await outlines(address), { interactive: false, style: { className: "line", fill: false } }).addTo(map);
}
