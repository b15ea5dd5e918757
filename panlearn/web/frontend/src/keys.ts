import { el } from "./dom";

const STORED = "panlearn-keys";

const LIST: [string[], string][] = [
  [["Shift", "Enter"], "run the cell you are in"],
  [["Ctrl", "Enter"], "check the exercise you are in"],
  [["Esc"], "leave the editor; Tab then moves on"],
  [["j"], "next exercise"],
  [["k"], "previous exercise"],
  [["h"], "a hint for the exercise you are at"],
  [["?"], "this list"],
];

export interface KeyActions {
  exercises: () => HTMLElement[];
  hint: (exercise: HTMLElement) => void;
}

function lettersOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function setLetters(on: boolean): void {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Without storage the choice lasts for this page only where it can be kept at all.
  }
}

/** The list of keys, with the switch for single letters. */
function dialog(): HTMLDialogElement {
  const list = el("dl", { class: "keys" });
  for (const [keys, words] of LIST) list.append(el("dt", {}, ...keys.flatMap((key, i) => [i ? " " : "", el("kbd", {}, key)])), el("dd", {}, words));
  const box = el("input", { type: "checkbox" });
  box.checked = lettersOn();
  box.addEventListener("change", () => setLetters(box.checked));
  const close = el("button", { class: "btn small", type: "button" }, "Close");
  const panel = el(
    "dialog",
    { class: "panel", "aria-labelledby": "keys-title" },
    el("header", {}, el("h2", { id: "keys-title" }, "Keys"), close),
    el("div", { class: "body" }, list, el("label", { class: "switch" }, box, "Use single letters outside of fields and editors")),
  );
  close.addEventListener("click", () => panel.close());
  document.body.append(panel);
  return panel;
}

/** The exercise at the reader's eye: the one that holds the focus, else the last whose top is above the middle. */
function here(exercises: HTMLElement[]): number {
  const focused = exercises.findIndex((one) => one.contains(document.activeElement));
  if (focused >= 0) return focused;
  const above = exercises.filter((one) => one.getBoundingClientRect().top < window.innerHeight * 0.4);
  return above.length - 1;
}

function go(exercise: HTMLElement | undefined): void {
  if (!exercise) return;
  const title = exercise.querySelector<HTMLElement>("h3") ?? exercise;
  title.tabIndex = -1;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  exercise.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  title.focus({ preventScroll: true });
}

/** j, k, h and ? outside of fields; the list also opens from a button, and the letters can be switched off there. */
export function listenForKeys(actions: KeyActions): { show: () => void } {
  let panel: HTMLDialogElement | null = null;
  const show = (): void => (panel ??= dialog()).showModal();
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.isContentEditable || target.closest("input, textarea, select, dialog, .cm-editor")) return;
    if (!lettersOn()) return;
    const all = actions.exercises();
    const at = here(all);
    if (event.key === "j") go(all[Math.min(all.length - 1, at + 1)]);
    else if (event.key === "k") go(all[Math.max(0, at - 1)]);
    else if (event.key === "h" && all[Math.max(0, at)]) actions.hint(all[Math.max(0, at)] as HTMLElement);
    else if (event.key === "?") show();
    else return;
    event.preventDefault();
  });
  return { show };
}
