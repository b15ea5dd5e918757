import { Autosave } from "./autosave";
import { call, paths, Problem } from "./api";
import { el } from "./dom";
import { CellText } from "./lazyeditor";
import { OutputArea } from "./outputs";
import type { CellState } from "./types";
import { clock, duration } from "./words";

export type Run = "idle" | "waiting" | "running" | "done" | "err" | "lost";

export interface CellPlace {
  course: string;
  lesson: string;
  /** The element that carries the state's class: the cell or the exercise. */
  host: HTMLElement;
  editor: HTMLElement;
  out: HTMLElement;
  /** What the reader calls it: “cell 3”, or an exercise's title. */
  name: string;
  /** Where “Saved 14:09” stands. */
  saved: (text: string, bad: boolean) => void;
  run: () => void;
  check: () => void;
  sources: () => string[];
}

/** One live cell: its text, its outputs, its state. What may be done with it is the business of its owner. */
export class Cell {
  readonly text: CellText;
  readonly output: OutputArea;
  readonly autosave: Autosave;
  state: Run = "idle";
  private readonly listeners: ((state: Run) => void)[] = [];

  constructor(
    readonly given: CellState,
    readonly number: number,
    readonly place: CellPlace,
  ) {
    this.output = new OutputArea(place.out, place.sources);
    this.text = new CellText(place.editor, given.edited ?? given.source, given.source, { name: place.name, run: place.run, check: place.check });
    this.autosave = new Autosave(paths.cell(place.course, place.lesson, given.id), place.saved);
    this.text.changed((text) => this.autosave.typed(text));
    if (given.edited !== null && given.saved_at) place.saved(`Saved ${clock(new Date(given.saved_at))}`, false);
  }

  get id(): string {
    return this.given.id;
  }

  get edited(): boolean {
    return this.text.text !== this.given.source;
  }

  changed(listener: (state: Run) => void): void {
    this.listeners.push(listener);
  }

  set(state: Run): void {
    this.state = state;
    const { classList } = this.place.host;
    for (const name of ["waiting", "running", "err", "lost"]) classList.toggle(name, state === name);
    for (const listener of this.listeners) listener(state);
  }

  /** Back to the text of the release; gives what undoes it. */
  async reset(): Promise<() => void> {
    const before = this.text.text;
    this.autosave.forget();
    await call("DELETE", paths.cell(this.place.course, this.place.lesson, this.id)).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
    });
    this.toRelease();
    return () => {
      this.text.text = before;
      this.autosave.typed(before);
    };
  }

  toRelease(): void {
    this.autosave.forget();
    this.text.text = this.given.source;
    this.autosave.forget();
    this.place.saved("", false);
  }
}

/** “Ran in 0.14 s at 14:02”, “Running, 2.1 s”. */
export function runWords(state: Run, seconds: number, at: Date | null): string {
  if (state === "running") return seconds >= 1 ? `Running, ${duration(seconds)}` : "";
  if (state === "waiting") return "Waits for the cells above";
  if ((state === "done" || state === "err") && at) return `Ran in ${duration(seconds)} at ${clock(at)}`;
  return "";
}

/** A quiet button that reads as a link. */
export function quiet(label: string, act: () => void, name = label): HTMLButtonElement {
  return el("button", { class: "link", type: "button", "aria-label": name === label ? null : name, onclick: act }, label);
}
