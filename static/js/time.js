// A slider over the releases, beside the list that says the same: what it is moved to is fetched and put in place.
const form = document.getElementById('time');
const field = form?.querySelector('[data-slider]');
const list = field?.querySelector('select');
const releases = list ? [...list.options].filter((option) => option.value) : [];

let asking;

// Whoever moves on before the answer is there wants the next one only.
async function show() {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, value);
  if (asking) asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, signal: asking.signal });
    if (!answer.ok) return form.submit();
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.getElementById('over-time').replaceWith(page.getElementById('over-time'));
    history.replaceState(null, '', address);
  } catch (error) {
    if (error.name !== 'AbortError') form.submit();
  }
}

if (releases.length > 1) {
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.min = '0';
  slider.max = String(releases.length - 1);
  slider.step = '1';
  slider.className = 'time-slider';
  slider.setAttribute('aria-label', field.dataset.slider);
  const tell = () => {
    const chosen = releases.indexOf(list.selectedOptions[0]);
    slider.value = String(chosen < 0 ? releases.length - 1 : chosen);
    slider.setAttribute('aria-valuetext', releases[Number(slider.value)].textContent);
  };
  slider.addEventListener('input', () => {
    list.value = releases[Number(slider.value)].value;
    tell();
  });
  slider.addEventListener('change', show);
  list.addEventListener('change', tell);
  tell();
  field.append(slider);
}
