import { call, paths } from "./api";
import type { Cell } from "./cell";
import { Cell as LiveCell } from "./cell";
import { el } from "./dom";
import { Exercise } from "./exercise";
import { Kernel } from "./kernel";
import { plainCell, resetCell } from "./plaincell";
import { showProgress } from "./progress";
import { Quiz } from "./quiz";
import { Runner } from "./runner";
import type { Task } from "./task";
import type { Arc, LessonState } from "./types";

/** A lesson with everything on it live: cells, exercises, one kernel. */
export class Session {
  readonly kernel: Kernel;
  readonly runner: Runner;
  readonly exercises = new Map<string, Task>();
  /** Every exercise of the page, in reading order: the state, an object, has none. */
  private readonly names: string[];
  private readonly heard: (() => void)[] = [];

  constructor(
    public state: LessonState,
    root: ParentNode,
  ) {
    this.names = [...root.querySelectorAll<HTMLElement>("[data-exercise]")].map((host) => host.dataset["exercise"] ?? "");
    this.kernel = new Kernel(state.kernel, `panlearn-kernel:${state.course}/${state.lesson}`);
    const cells: Cell[] = [];
    for (const [index, given] of state.cells.entries()) {
      const host = root.querySelector<HTMLElement>(`[data-cell="${CSS.escape(given.id)}"]`);
      if (!host) continue;
      cells.push(given.exercise && host.dataset["exercise"] ? this.exercise(host, given.id, index + 1) : plainCell(host, given, index + 1, state, () => this.runner));
    }
    this.runner = new Runner(this.kernel, cells);
    this.quizzes(root);
  }

  /** Something moved: verdicts, hints, what is open. */
  moved(listener: () => void): void {
    this.heard.push(listener);
  }

  /** Back to the release's texts, everywhere in the lesson; gives what undoes it. */
  async reset(): Promise<() => void> {
    const before = this.runner.cells.map((cell) => ({ cell, text: cell.text.text, edited: cell.edited }));
    await call("DELETE", paths.cells(this.state.course, this.state.lesson));
    for (const { cell } of before) cell.toRelease();
    return () => {
      for (const { cell, text, edited } of before) {
        if (!edited) continue;
        cell.text.text = text;
        cell.autosave.typed(text);
      }
    };
  }

  private exercise(host: HTMLElement, id: string, number: number): Cell {
    const { state } = this;
    const given = state.cells[number - 1];
    const name = host.dataset["exercise"] ?? "";
    const told = state.exercises[name];
    if (!given || !told) throw new Error(`The page has an exercise that its state does not name: ${name} (${id})`);
    const out = el("div", { class: "out" });
    const exercise = new Exercise(
      {
        course: state.course,
        id: name,
        number: this.names.indexOf(name) + 1,
        host,
        next: () => this.next(name),
        graded: (one) => void this.graded(one),
        run: () => void this.runner.run(exercise.cell),
        stop: () => void this.runner.stop(),
        reset: () => void resetCell(exercise.cell, `“${told.title}”`),
      },
      told,
    );
    exercise.cell = new LiveCell(given, number, {
      course: state.course,
      lesson: state.lesson,
      host,
      editor: host.querySelector<HTMLElement>(":scope > .ed") ?? host,
      out,
      name: `“${told.title}”`,
      saved: (text, bad) => exercise.note(text, bad),
      run: () => void this.runner.run(exercise.cell),
      check: () => void exercise.check(),
      sources: () => this.runner.cells.map((cell) => cell.text.text),
    });
    exercise.build(out);
    this.exercises.set(name, exercise);
    return exercise.cell;
  }

  /** Quizzes have no cell; with them the exercises stand in reading order again. */
  private quizzes(root: ParentNode): void {
    const { course, exercises } = this.state;
    const live = new Map(this.exercises);
    this.exercises.clear();
    for (const name of this.names) {
      const told = exercises[name];
      if (!told) continue;
      const host = root.querySelector<HTMLElement>(`section.quiz[data-exercise="${CSS.escape(name)}"]`);
      const one = host ? new Quiz({ course, id: name, host, next: () => this.next(name), graded: (quiz) => void this.graded(quiz) }, told) : live.get(name);
      if (one) this.exercises.set(name, one);
    }
  }

  /** The next exercise that is not passed; at the end, the next page. */
  private next(after: string): { label: string; url: string } | null {
    const open = this.names.slice(this.names.indexOf(after) + 1).find((name) => this.state.exercises[name]?.status !== "passed");
    if (open) return { label: "Next exercise", url: `#${open}` };
    const link = document.querySelector<HTMLAnchorElement>(".onward .fwd");
    return link ? { label: "Next lesson", url: link.href } : null;
  }

  /** The arcs move at once; points and what has opened are the server's to say. */
  private async graded(exercise: Task): Promise<void> {
    this.arcs(exercise);
    try {
      this.state = await call<LessonState>("GET", paths.state(this.state.course, this.state.lesson));
      for (const [name, one] of this.exercises) {
        const told = this.state.exercises[name];
        if (told) one.update(told);
      }
    } catch {
      // The arcs are right already; the rest comes with the next page.
    }
    showProgress(this.state.lesson, this.state.progress);
    for (const listener of this.heard) listener();
  }

  private arcs({ place, state }: Task): void {
    const at = [...this.exercises.keys()].indexOf(place.id);
    const { progress } = this.state;
    const arc: Arc = { todo: "todo", tried: "tried", failed: "fail", passed: "pass" }[state.status] as Arc;
    if (at >= 0 && at < progress.arcs.length) progress.arcs[at] = arc;
    progress.passed = progress.arcs.filter((one) => one === "pass").length;
    showProgress(this.state.lesson, progress);
  }
}
