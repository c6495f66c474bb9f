// Words of records go into the page as text and never as markup. Nothing is fetched: the file works without a network.
window.addEventListener('load', () => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const map = window['map_' + data.map];
  const told = document.getElementById('told');
  const choice = document.getElementById('area');
  const byCode = new Map();

  function element(words) {
    const box = document.createElement('span');
    box.textContent = words;
    return box;
  }

  function show(code, move) {
    const layer = byCode.get(code);
    told.textContent = data.areas[code] || data.hint;
    choice.value = layer ? code : '';
    byCode.forEach((each) => each.setStyle({ weight: each.options.dashArray ? 2.5 : 1, color: data.line }));
    if (!layer) return map.fitBounds(data.bounds);
    layer.setStyle({ weight: 4, color: data.focus }).bringToFront();
    if (move) map.fitBounds(layer.getBounds(), { maxZoom: 11, animate: false });
  }

  map.eachLayer((group) => {
    if (!group.eachLayer) return;
    group.eachLayer((layer) => {
      const properties = (layer.feature && layer.feature.properties) || {};
      if (properties.area) {
        byCode.set(properties.area, layer);
        layer.bindTooltip(() => element(data.areas[properties.area] || ''), { sticky: true });
        layer.on('click', () => show(properties.area, false));
      } else if (properties.site !== undefined) {
        layer.bindTooltip(() => element(data.sites[properties.site]));
      }
    });
  });
  map.getContainer().setAttribute('role', 'application');
  map.getContainer().setAttribute('aria-label', data.label);
  map.getContainer().setAttribute('aria-describedby', 'told');
  document.querySelector('.leaflet-control-zoom-in').setAttribute('aria-label', data.zoomIn);
  document.querySelector('.leaflet-control-zoom-out').setAttribute('aria-label', data.zoomOut);
  choice.addEventListener('change', () => show(choice.value, true));
  map.fitBounds(data.bounds);
  document.documentElement.dataset.ready = String(byCode.size);
});
