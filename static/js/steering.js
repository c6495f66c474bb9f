// The map without a mouse: visible buttons that move it, and keys on the map itself.

const STEP_PIXELS = 120;
const WAYS = { left: [-STEP_PIXELS, 0], right: [STEP_PIXELS, 0], up: [0, -STEP_PIXELS], down: [0, STEP_PIXELS] };

// ``choose`` opens the sign nearest to the middle; it says whether there is one.
export function steer(map, whole, choose, isNothing) {
  const bar = document.querySelector("[data-steering]");
  if (!bar) return;
  bar.hidden = false;
  for (const button of bar.querySelectorAll("[data-way]")) {
    button.addEventListener("click", () => map.panBy(WAYS[button.dataset.way], { animate: false }));
  }
  bar.querySelector("[data-whole]").addEventListener("click", () => map.fitBounds(whole, { animate: false }));
  bar.querySelector("[data-middle]").addEventListener("click", () => { if (!choose()) isNothing(); });
  const container = map.getContainer();
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    if (!choose()) isNothing();
  });
}
