// Words that come with the page, in its language; numbers and names are filled in here.

// made once: a map writes a hundred numbers before it can be used, and each toLocaleString makes a format of its own
const numbers = new Intl.NumberFormat(document.documentElement.lang);
const plurals = new Intl.PluralRules(document.documentElement.lang);

export function dataOf(element, name) {
  return JSON.parse(element.dataset[name]);
}

export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// A number as the language of the page writes it: "10 144".
export function written(number) {
  return numbers.format(number);
}

// A number in the plural form that it needs: "1 usługa", "2 usługi", "5 usług".
export function counted(forms, number) {
  return fill(forms[plurals.select(number)] || forms.other, { number: written(number) });
}

// Record text goes into a page only through here: as text, never as markup.
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// Only addresses that a link may safely have; anything else gives none.
export function link(text, address, className) {
  const url = new URL(address, document.baseURI);
  const safe = ["http:", "https:", "tel:", "mailto:", "geo:"].includes(url.protocol);
  const element = make(safe ? "a" : "span", className, text);
  if (safe) element.href = url.href;
  return element;
}
