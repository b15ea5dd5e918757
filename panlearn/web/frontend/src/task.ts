import type { ExerciseState } from "./types";

/** What the page does with an exercise of any kind: code with its cell, or a quiz. */
export interface Task {
  readonly place: { id: string; host: HTMLElement; next: () => { label: string; url: string } | null };
  state: ExerciseState;
  /** What the server says now. */
  update(state: ExerciseState): void;
  /** The reader asked for a hint. */
  hint(): Promise<void>;
}
