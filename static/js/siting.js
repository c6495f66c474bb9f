// A running search: the page looks by itself how far it is, and shows the result when it is there.
const SECONDS = 1;
const status = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch(status.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    if (found.is_finished) window.location.reload();
    else window.setTimeout(look, SECONDS * 1000);
  } catch (error) {
    window.setTimeout(look, 5 * SECONDS * 1000);
  }
}

if (status) window.setTimeout(look, SECONDS * 1000);
