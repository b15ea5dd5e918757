// A text that a person reads: how many words it has, and what of it is not handed in yet.
import { el } from "./dom";
import { count } from "./words";

/** A text that is being written, and the one that it began from. */
interface Draft {
  from: string;
  text: string;
}

/** What stands between spaces, as the server counts it. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** What to put into the field: a draft that began from what the server has, else nothing. */
export function draftOf(kept: string | null, served: string): string | null {
  try {
    const draft = JSON.parse(kept ?? "null") as Partial<Draft> | null;
    return draft?.from === served && typeof draft.text === "string" ? draft.text : null;
  } catch {
    return null;
  }
}

/** Counts words below the field, and keeps what is being written for as long as this tab is open. */
export function makeWritten(host: HTMLElement): void {
  const field = host.querySelector<HTMLTextAreaElement>("textarea[name=text]");
  if (!field) return;
  // The seed is this learner's own: nobody who signs in after them in this tab reads their draft.
  const key = `panlearn-text:${host.querySelector<HTMLInputElement>("input[name=seed]")?.value ?? ""}`;
  const draft = draftOf(stored(key), field.defaultValue);
  if (draft === null) store(key, null);
  else field.value = draft;
  const told = el("p", { class: "qcount" });
  const show = (): void => {
    const open = field.value !== field.defaultValue && field.value.trim() !== "";
    told.textContent = `${count(wordsIn(field.value), "word")}${open ? " · not handed in yet" : ""}`;
  };
  field.addEventListener("input", () => {
    store(key, JSON.stringify({ from: field.defaultValue, text: field.value } satisfies Draft));
    show();
  });
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

function stored(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // A browser that keeps nothing: the text is in the field as long as the page is open.
  }
}
