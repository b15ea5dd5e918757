import { el } from "./dom";

let region: HTMLElement | null = null;

/** Says a sentence to screen readers, politely; equal sentences in a row are said again. */
export function announce(sentence: string): void {
  if (!region) {
    region = el("div", { class: "vh", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  const text = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
  const live = region;
  // The region must be in the page before its text changes.
  setTimeout(() => (live.textContent = text), 30);
}
