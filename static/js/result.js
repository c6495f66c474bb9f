// The figures of a scenario on its page: sentences, table, legend, changes, and every address that holds the changes.

import { fill, link, make } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const ADDRESS = /\/planowanie\/warianty(\/krok|\/dane\.[a-z]+)?$/;

function swatch(colour) {
  const svg = document.createElementNS(SVG, "svg");
  const box = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["class", "swatch"], ["viewBox", "0 0 36 24"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [name, value] of [["class", "k k-" + colour], ["width", "36"], ["height", "24"]]) box.setAttribute(name, value);
  svg.append(box);
  return svg;
}

function cell(words, [after, before, difference]) {
  const box = make("td", "num");
  box.append(
    make("strong", "", after), make("br"), make("small", "", fill(words.before, { figure: before })),
    make("br"), make("small", "", fill(words.difference, { figure: difference })),
  );
  return box;
}

function figures(words, row, found) {
  row.append(make("td", "num", found.gained), make("td", "num", found.lost), ...found.cells.map((each) => cell(words, each)));
}

function line(words, found) {
  const row = make("tr");
  const head = make("th");
  row.dataset.code = found.code;
  head.scope = "row";
  head.append(found.url ? link(found.name, found.url) : found.name);
  if (found.kind) head.append(" ", make("small", "", found.kind));
  row.append(head);
  figures(words, row, found);
  return row;
}

function changeItem(words, [, text, address]) {
  const item = make("li");
  const back = link(words.takeBack, address, "button-quiet");
  back.append(make("span", "unseen", ": " + text));
  item.append(make("span", "", text), " ", back);
  return item;
}

function stepItem([colour, text, areas]) {
  const item = make("li");
  const label = make("span", "", text + " ");
  label.append(make("small", "", "N = " + areas));
  item.append(swatch(colour), label);
  return item;
}

export function result(words) {
  const part = (name) => document.querySelector("[data-" + name + "]");

  function show(found) {
    part("sentences").replaceChildren(...found.sentences.map((text) => make("p", "says", text)));
    const region = part("region");
    region.replaceChildren(region.firstElementChild);
    figures(words, region, found.region);
    part("rows").replaceChildren(region, ...found.rows.map((row) => line(words, row)));
    part("more").hidden = !found.more;
    part("more").textContent = fill(words.more, { count: found.more });
    part("steps").replaceChildren(...found.steps.map(stepItem));
    part("changes").replaceChildren(...found.changes.map((change) => changeItem(words, change)));
    part("no-changes").hidden = found.changes.length > 0;
  }

  // The address, the forms and the links of the page go on from the changes as they are now.
  function keep(changes, address) {
    window.history.replaceState(null, "", address);
    for (const form of document.querySelectorAll("main form")) {
      for (const old of form.querySelectorAll("input[name=zmiana]")) old.remove();
      for (const text of changes) {
        const field = make("input");
        field.type = "hidden";
        field.name = "zmiana";
        field.value = text;
        form.append(field);
      }
    }
    for (const anchor of document.querySelectorAll("main a[href]")) {
      const url = new URL(anchor.href);
      if (!ADDRESS.test(url.pathname) || anchor.closest("[data-changes], .planner-path")) continue;
      url.searchParams.delete("zmiana");
      for (const text of changes) url.searchParams.append("zmiana", text);
      anchor.href = url.href;
    }
  }

  return { show, keep };
}
