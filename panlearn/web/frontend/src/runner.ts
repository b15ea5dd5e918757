import { announce } from "./announce";
import type { Cell } from "./cell";
import { el } from "./dom";
import { type Kernel, KernelLost } from "./kernel";
import type { KernelMessage } from "./outputs";

/** What happened to the cell that was asked for. */
export type Outcome = "ok" | "error" | "lost" | "stopped" | "no-kernel";

/** Runs cells in the lesson's kernel, one after another, in the order of the page. */
export class Runner {
  /** When each cell last began, and how long it took. */
  readonly times = new Map<string, { began: number; seconds: number }>();
  private line: Promise<unknown> = Promise.resolve();
  private stopped = 0;

  constructor(
    readonly kernel: Kernel,
    readonly cells: Cell[],
  ) {
    kernel.lost((lost, ran) => this.mourn(lost, ran));
  }

  /** Runs one cell, and before it the cells above that have not run in this kernel yet. */
  run(cell: Cell): Promise<Outcome> {
    return this.enqueue(async () => {
      if (!(await this.opened(cell))) return "no-kernel";
      const above = this.above(cell).filter((one) => !this.kernel.ran.has(one.id) && this.counts(one));
      return this.series([...above, cell], cell);
    });
  }

  /** Runs every cell above, whether it has run or not. */
  runAbove(cell: Cell): Promise<Outcome> {
    return this.runMany(this.above(cell).filter((one) => this.counts(one)), cell);
  }

  runAll(): Promise<Outcome> {
    return this.runMany(this.cells.filter((one) => this.counts(one)));
  }

  runMany(cells: Cell[], blame = cells[0]): Promise<Outcome> {
    return this.enqueue(async () => {
      if (!blame || !(await this.opened(blame))) return "no-kernel";
      return this.series(cells);
    });
  }

  /** Stops what runs, and forgets what waits. */
  async stop(): Promise<void> {
    this.stopped += 1;
    for (const cell of this.cells) if (cell.state === "waiting") cell.set("idle");
    await this.kernel.interrupt();
  }

  private above(cell: Cell): Cell[] {
    return this.cells.slice(0, Math.max(0, this.cells.indexOf(cell)));
  }

  /** An exercise that nobody touched has nothing to give to the cells below. */
  private counts(cell: Cell): boolean {
    return cell.given.exercise === null || cell.edited;
  }

  private enqueue(task: () => Promise<Outcome>): Promise<Outcome> {
    const turn = this.stopped;
    const next = this.line.then(() => (turn === this.stopped ? task() : ("stopped" as const)));
    this.line = next.catch(() => undefined);
    return next;
  }

  private async opened(cell: Cell): Promise<boolean> {
    try {
      await this.kernel.open();
      return true;
    } catch (error) {
      const why = error instanceof KernelLost && error.why ? error.why : "The kernel could not be started.";
      cell.output.show(el("div", { class: "notice" }, el("p", {}, el("b", {}, "Nothing was run. "), why), el("p", {}, "You can read on, write and check: only Run needs a kernel.")));
      announce(`Nothing was run. ${why}`);
      return false;
    }
  }

  private async series(cells: Cell[], wanted?: Cell): Promise<Outcome> {
    const turn = this.stopped;
    for (const cell of cells.slice(1)) cell.set("waiting");
    for (const [index, cell] of cells.entries()) {
      const outcome = turn === this.stopped ? await this.one(cell) : "stopped";
      // An exercise above may be half done: its error is shown there, and the cell that was asked for still runs.
      if (outcome === "ok" || (outcome === "error" && cell !== wanted && cell.given.exercise !== null)) continue;
      for (const later of cells.slice(index + 1)) later.set("idle");
      if (wanted && cell !== wanted && outcome === "error") {
        wanted.output.show(el("div", { class: "notice" }, el("p", {}, `This cell was not run: ${cell.place.name}, above, ended with an error.`)));
        announce(`Not run: ${cell.place.name}, above, ended with an error.`);
      }
      return outcome;
    }
    return "ok";
  }

  private async one(cell: Cell): Promise<Outcome> {
    const began = Date.now();
    this.times.set(cell.id, { began, seconds: 0 });
    cell.set("running");
    cell.output.begin();
    try {
      const ok = await this.kernel.execute(cell.text.text, `Running ${cell.place.name}`, (message) => this.hear(cell, message));
      this.times.set(cell.id, { began, seconds: (Date.now() - began) / 1000 });
      cell.output.end();
      this.kernel.note(cell.id);
      cell.set(ok ? "done" : "err");
      announce(ok ? `${sentence(cell.place.name)} ran.` : `${sentence(cell.place.name)}: ${cell.place.out.querySelector(".bad")?.textContent?.trim() ?? "it ended with an error."}`);
      return ok ? "ok" : "error";
    } catch (error) {
      if (!(error instanceof KernelLost)) throw error;
      if (error.kind === "asked") cell.set("idle");
      else this.lostHere(cell, error);
      return "lost";
    }
  }

  private hear(cell: Cell, message: KernelMessage): void {
    const display = (message.content["transient"] as Record<string, unknown> | undefined)?.["display_id"];
    if (message.type === "display_data" && typeof display === "string") {
      this.kernel.follow(display, (content) => cell.output.update(display, content));
    }
    cell.output.take(message);
  }

  /** Said in the cell that ran when the kernel went; a new kernel is already on its way. */
  private lostHere(cell: Cell, lost: KernelLost): void {
    const why = lost.why ? `The kernel was stopped: ${lost.why.replace(/\.?$/, ".")}` : "The kernel stopped while it ran this cell.";
    this.sayLost(cell, why);
    announce(`${why} A new one is being started. Your text is safe.`);
  }

  private sayLost(cell: Cell, why: string): void {
    const again = this.above(cell).filter((one) => this.counts(one));
    const button = el("button", { class: "btn small", type: "button" }, again.length ? "Run the cells above again" : "Run this cell again");
    button.addEventListener("click", () => {
      button.disabled = true;
      void (again.length ? this.runMany(again, cell) : this.run(cell)).then((outcome) => {
        button.disabled = false;
        if (outcome === "ok" && again.length) this.brought(cell);
      });
    });
    cell.output.show(el("div", { class: "notice" }, el("p", {}, el("b", {}, why), " A new one is ready in a moment, and your text is safe."), button));
    cell.set("lost");
  }

  private brought(cell: Cell): void {
    cell.output.show(el("div", { class: "notice" }, el("p", {}, "The cells above have run again. This one has not: change it, or run it as it is.")));
    cell.set("idle");
    announce("The cells above have run again.");
  }

  /** The kernel is gone. Every cell that had run in it lost its variables, and a new kernel is started at once. */
  private mourn(lost: KernelLost, ran: Set<string>): void {
    const running = this.cells.find((cell) => cell.state === "running");
    for (const cell of this.cells) {
      if (cell.state === "waiting") cell.set("idle");
      else if (ran.has(cell.id) && cell !== running) cell.set("lost");
    }
    const last = this.cells.filter((cell) => ran.has(cell.id)).pop();
    if (!running && last && lost.kind !== "idle") {
      announce("The kernel stopped. A new one is being started.");
      last.output.add(this.lostNote(lost));
    }
    if (lost.kind !== "idle") void this.kernel.open().catch(() => undefined);
  }

  private lostNote(lost: KernelLost): HTMLElement {
    const why = lost.why ? `The kernel was stopped: ${lost.why}` : "The kernel stopped.";
    const button = el("button", { class: "btn small", type: "button" }, "Run the cells again");
    const note = el("div", { class: "notice" }, el("p", {}, el("b", {}, why), " A new one is ready in a moment, and your text is safe."), button);
    button.addEventListener("click", () => {
      note.remove();
      void this.runMany(this.cells.filter((cell) => cell.state === "lost"));
    });
    return note;
  }
}

const sentence = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
