import { el } from "./dom";

let stack: HTMLElement | null = null;

/** A line at the foot for six seconds, longer under the pointer or the focus, with one thing to do about it. */
export function toast(text: string, action?: { label: string; run: () => void }): void {
  stack ??= document.body.appendChild(el("div", { class: "toasts", role: "status" }));
  const box = el("div", { class: "toast" }, el("span", {}, text));
  let timer = 0;
  const close = (): void => box.remove();
  const wait = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(close, 6000);
  };
  if (action) {
    box.append(el("button", { class: "btn small", type: "button", onclick: () => (close(), action.run()) }, action.label));
  }
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", wait);
  box.addEventListener("focusin", () => clearTimeout(timer));
  box.addEventListener("focusout", wait);
  stack.append(box);
  wait();
}
