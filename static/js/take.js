// Buttons that take a place along: save, share, print, read aloud; and the pages of what was saved.

import { forget, listPage, refresh, saved } from "./saved.js";

const told = document.querySelector("[data-told]");
const ids = () => saved().places.map((place) => place.id);

function tell(words) {
  if (told) told.textContent = words;
}

function withStorage(work) {
  try {
    localStorage.getItem("");
  } catch {
    return;
  }
  work();
}

// --- the page of a place

function saving(button) {
  const id = button.dataset.save;
  const words = button.querySelector("span");
  const first = words.textContent;
  const show = () => {
    words.textContent = ids().includes(id) ? button.dataset.savedWord : first;
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await refresh(ids().includes(id) ? ids().filter((each) => each !== id) : [...ids(), id].slice(-50));
    } finally {
      button.disabled = false;
      show();
      button.focus();
    }
  });
  show();
  button.hidden = false;
  // whoever has scripts has the button instead
  for (const each of document.querySelectorAll("[data-without-scripts]")) each.hidden = true;
}

function sharing(button) {
  const { share: url, title, copied } = button.dataset;
  if (!navigator.share && !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (navigator.share) {
      // whoever closes the dialog has changed their mind; that is no error
      await navigator.share({ title, url }).catch(() => {});
      return;
    }
    await navigator.clipboard.writeText(url).then(() => tell(copied), () => tell(url));
  });
}

function printing(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Only with a voice of the page's language: another one would read it as gibberish.
function reading(button) {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const language = document.documentElement.lang;
  const words = button.querySelector("span");
  const first = words.textContent;
  const voice = () => speech.getVoices().find((each) => each.lang.toLowerCase().startsWith(language));
  const offer = () => { button.hidden = !voice(); };
  const show = (speaking) => {
    button.setAttribute("aria-pressed", String(speaking));
    words.textContent = speaking ? button.dataset.stopWord : first;
  };
  button.addEventListener("click", () => {
    if (speech.speaking) {
      speech.cancel();
      show(false);
      return;
    }
    const said = Array.from(document.querySelectorAll("[data-spoken]"), (each) => each.innerText).join("\n");
    const text = new SpeechSynthesisUtterance(said);
    text.lang = language;
    text.voice = voice();
    text.addEventListener("end", () => show(false));
    text.addEventListener("error", () => show(false));
    show(true);
    speech.speak(text);
  });
  window.addEventListener("pagehide", () => speech.cancel());
  speech.addEventListener("voiceschanged", offer);
  offer();
}

// --- the list

function list(element) {
  const shown = element.dataset.shown.split(",").filter(Boolean);
  // the bare address means: what this browser has
  if (!new URL(location.href).searchParams.has("m") && ids().length) {
    location.replace(listPage(ids()));
    return;
  }
  const own = shown.length > 0 && shown.every((id) => ids().includes(id)) && ids().every((id) => shown.includes(id));
  for (const link of element.querySelectorAll("[data-remove]")) {
    link.addEventListener("click", async (event) => {
      if (!ids().includes(link.dataset.remove)) return;
      event.preventDefault();
      await refresh(ids().filter((id) => id !== link.dataset.remove)).catch(() => {});
      location.assign(link.href);
    });
  }
  const save = element.querySelector("[data-keep]");
  if (save && !own) {
    save.hidden = false;
    save.addEventListener("click", async () => {
      await refresh([...new Set([...ids(), ...shown])].slice(-50));
      location.assign(listPage(ids()));
    });
  }
  const erase = element.querySelector("[data-forget]");
  if (erase && ids().length) {
    erase.hidden = false;
    erase.addEventListener("click", async () => {
      await forget();
      location.assign(new URL(location.href).pathname);
    });
  }
}

// --- without a network

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function offline(element) {
  const kept = saved();
  if (!kept.places.length) return;
  const words = JSON.parse(element.dataset.words);
  const places = element.querySelector("[data-places]");
  element.querySelector("[data-none]").hidden = true;
  const date = element.querySelector("[data-date]");
  const day = new Date(`${kept.date}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
  date.textContent = words.kept.replace("{date}", day);
  date.hidden = false;
  for (const place of kept.places) {
    const item = make("li", "", "card");
    item.append(make("h2", place.name), make("p", place.kinds.join(", ") + (place.is_sample ? ` (${words.sample})` : "")));
    if (/^\+?[0-9]{3,15}$/.test(place.phone || "")) {
      const call = make("a", place.phone_display || place.phone, "tel");
      call.href = `tel:${place.phone}`;
      item.append(call);
    } else {
      item.append(make("p", words.no_phone));
    }
    if (place.address) item.append(make("p", place.address));
    places.append(item);
  }
  places.hidden = false;
}

const each = (selector, work) => document.querySelectorAll(selector).forEach(work);
withStorage(() => {
  each("[data-save]", saving);
  each("[data-saved-list]", list);
  each("[data-offline]", offline);
});
each("[data-share]", sharing);
each("[data-print]", printing);
each("[data-read]", reading);
