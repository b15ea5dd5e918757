// A text that a person reads: how many words it has, beside how many it should have.
import { el } from "./dom";
import { count } from "./words";

/** What stands between spaces, as the server counts it. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** Keeps a count of words below the field. */
export function makeWritten(host: HTMLElement): void {
  const field = host.querySelector<HTMLTextAreaElement>("textarea[name=text]");
  if (!field) return;
  const told = el("p", { class: "qcount" });
  const show = (): void => void (told.textContent = count(wordsIn(field.value), "word"));
  field.addEventListener("input", show);
  field.after(told);
  show();
}

/** Runs something that draws the card anew, and puts what was being written back into its field. */
export async function keepingText(host: HTMLElement, draw: () => Promise<void>): Promise<void> {
  const before = host.querySelector<HTMLTextAreaElement>("textarea[name=text]")?.value;
  await draw();
  const field = host.querySelector<HTMLTextAreaElement>("textarea[name=text]");
  if (!field || before === undefined) return;
  field.value = before;
  field.dispatchEvent(new Event("input"));
}
