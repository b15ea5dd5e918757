import { announce } from "./announce";
import { el, svg } from "./dom";

const UP = "M8 13V3M3.500 7.500 8 3l4.500 4.500";
const DOWN = "M8 3v10M3.500 8.500 8 13l4.500-4.500";

/** Items of a list after one was moved; the list itself stays as it is. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = [...items];
  const [one] = rest.splice(from, 1);
  if (one !== undefined) rest.splice(Math.max(0, Math.min(to, rest.length)), 0, one);
  return rest;
}

/** Ordering with buttons and by dragging, in place of the numbers that a page without a script shows. */
export function makeOrder(list: HTMLElement): void {
  const items = [...list.querySelectorAll<HTMLElement>(":scope > li")];
  const selects = items.map((item) => item.querySelector("select"));
  if (items.length === 0 || selects.some((select) => !select || select.disabled)) return;
  const legend = list.closest("fieldset")?.querySelector("legend");
  if (legend) legend.textContent = "Move each to its place, with the buttons or by dragging";
  for (const item of items) {
    const select = item.querySelector("select");
    if (select) select.hidden = true;
    const name = item.querySelector(".qtext")?.textContent ?? "";
    const move = (by: number, button: HTMLElement): void => {
      put(list, item, place(list, item) + by);
      button.focus();
      announce(`${name}: place ${place(list, item) + 1} of ${items.length}.`);
    };
    const up = arrow(UP, "Move up", item, () => move(-1, up));
    const down = arrow(DOWN, "Move down", item, () => move(1, down));
    item.prepend(el("span", { class: "qnum", "aria-hidden": "true" }));
    item.append(el("span", { class: "qmove" }, up, down));
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      item.classList.add("dragged");
      event.dataTransfer?.setData("text/plain", name);
    });
    item.addEventListener("dragend", () => item.classList.remove("dragged"));
    item.addEventListener("dragover", (event) => {
      const dragged = list.querySelector<HTMLElement>(".dragged");
      if (!dragged) return;
      event.preventDefault();
      if (dragged !== item) put(list, dragged, place(list, item));
    });
  }
  list.addEventListener("dragover", (event) => event.preventDefault());
  list.addEventListener("drop", (event) => event.preventDefault());
  number(list);
}

function arrow(path: string, label: string, item: HTMLElement, act: () => void): HTMLButtonElement {
  const id = item.querySelector(".qtext")?.id ?? "";
  const button = el("button", { class: "btn small", type: "button", onclick: act });
  button.append(svg("svg", { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path })), el("span", { class: "vh", id: `${id}-${label.replace(" ", "-")}` }, label));
  button.setAttribute("aria-labelledby", `${id}-${label.replace(" ", "-")} ${id}`);
  return button;
}

const children = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(":scope > li")];

const place = (list: HTMLElement, item: HTMLElement): number => children(list).indexOf(item);

function put(list: HTMLElement, item: HTMLElement, to: number): void {
  list.append(...moved(children(list), place(list, item), to));
  number(list);
}

function number(list: HTMLElement): void {
  for (const [index, item] of children(list).entries()) {
    const select = item.querySelector("select");
    if (select) select.value = String(index + 1);
    const shown = item.querySelector(".qnum");
    if (shown) shown.textContent = String(index + 1);
  }
}
