import { announce } from "./announce";
import { call, paths, Problem } from "./api";
import { Attempts } from "./attempts";
import { byHand } from "./byhand";
import type { Cell } from "./cell";
import { bulb, el, glyph, marked, pause } from "./dom";
import { checkList, chipOf, folds, notYet, spoken } from "./report";
import { look, send, waitingWords } from "./sending";
import { Solution } from "./solution";
import type { Task } from "./task";
import { toast } from "./toast";
import type { ExerciseState, Hint, Status, Submission, Verdict } from "./types";
import { count, moment, nthTry, points } from "./words";

export interface ExercisePlace {
  course: string;
  id: string;
  number: number;
  host: HTMLElement;
  /** Where the reader goes after a pass. */
  next: () => { label: string; url: string } | null;
  /** A verdict is there: progress may have moved. */
  graded: (exercise: Exercise) => void;
  run: () => void;
  stop: () => void;
  reset: () => void;
}

function statusAfter(verdict: Verdict, before: Status): Status {
  if (verdict === "passed" || before === "passed") return "passed";
  return verdict === "handed-in" ? "tried" : "failed";
}

/** One exercise of the page: Check, its results, hints, the solution; its text and outputs are its cell's. */
export class Exercise implements Task {
  readonly result = el("div", { class: "result" });
  readonly hints = el("div", { class: "hints" });
  readonly saved = el("span", { class: "saved" });
  readonly checkButton = el("button", { class: "btn go", type: "button" }, "Check");
  readonly runButton = el("button", { class: "btn", type: "button" }, "Run");
  private readonly hintButton = el("button", { class: "btn bare", type: "button" });
  private readonly resetButton = el("button", { class: "btn bare", type: "button" }, "Reset");
  private readonly needsNote = el("p", { class: "needs-note" });
  private readonly regradedNote = el("p", { class: "needs-note regraded", hidden: true });
  private readonly hand = el("div", { class: "hands" });
  private readonly solution: Solution;
  private readonly attempts: Attempts;
  private chip: HTMLElement | null;
  private savedText = "";
  private checking = false;
  cell!: Cell;

  constructor(
    readonly place: ExercisePlace,
    public state: ExerciseState,
  ) {
    this.chip = place.host.querySelector(":scope > header .chip");
    this.solution = new Solution(place.course, place.id, () => this.cell.text.text);
    this.attempts = new Attempts(place.course, place.id, (source) => this.bringBack(source));
  }

  /** Puts the buttons and the results where they belong, under the editor. */
  build(out: HTMLElement): void {
    const { host } = this.place;
    const actions = el("div", { class: "act" }, this.checkButton, this.runButton, this.hintButton, this.solution.button, this.attempts.button, this.resetButton, this.saved);
    host.querySelector(":scope > .act")?.remove();
    host.append(this.needsNote, this.regradedNote, actions, out, this.result, this.hand, this.hints, this.solution.panel, this.attempts.panel);
    if (this.state.hand_points > 0 && this.state.hand_points >= this.state.max_points) this.checkButton.textContent = "Hand in";
    this.checkButton.addEventListener("click", () => void this.check());
    this.runButton.addEventListener("click", () => (this.running ? this.place.stop() : this.place.run()));
    this.hintButton.addEventListener("click", () => void this.hint());
    this.resetButton.addEventListener("click", () => this.place.reset());
    this.cell.changed(() => this.showRun());
    this.cell.text.changed(() => (this.resetButton.hidden = !this.cell.edited));
    for (const hint of this.state.hints) this.addHint(hint);
    if (this.state.last?.report) this.showReport(this.state.last, true);
    else if (this.state.last && this.state.last.state !== "graded") void this.follow(this.state.last);
    this.attempts.there(this.state.last !== null);
    this.showState();
  }

  /** An earlier answer is the text again, and kept like one that was typed. */
  private bringBack(source: string): void {
    const before = this.cell.text.text;
    if (before === source) return;
    this.cell.text.text = source;
    this.cell.autosave.typed(source);
    toast("An earlier answer is in the editor again.", {
      label: "Undo",
      run: () => {
        this.cell.text.text = before;
        this.cell.autosave.typed(before);
      },
    });
  }

  note(text: string, bad: boolean): void {
    this.savedText = text;
    this.saved.classList.toggle("bad", bad);
    this.showTries();
  }

  /** What the server says now: another exercise may have opened this one. */
  update(state: ExerciseState): void {
    this.state = state;
    this.showState();
  }

  get locked(): boolean {
    return this.state.needs.some((need) => !need.passed);
  }

  private get running(): boolean {
    return this.cell.state === "running" || this.cell.state === "waiting";
  }

  /** Sends the answer, shows the verdict when it is there. The button holds its width meanwhile. */
  async check(): Promise<void> {
    if (this.checking) return;
    if (this.locked) {
      announce(this.needsNote.textContent ?? "");
      return;
    }
    this.checking = true;
    this.busy(true);
    try {
      await this.follow(await send(this.place.course, this.place.id, this.cell.text.text));
    } catch (error) {
      this.showProblem(error);
    } finally {
      this.checking = false;
      this.busy(false);
    }
  }

  /** Waits for a verdict, and says how long the line is when it takes its time. */
  private async follow(sent: Submission): Promise<void> {
    let submission = sent;
    const began = Date.now();
    for (let wait = 250; submission.state !== "graded"; wait = Math.min(2000, wait * 1.5)) {
      this.showWaiting(submission, Date.now() - began);
      await pause(wait);
      submission = await look(submission.id);
    }
    this.state.last = submission;
    this.showReport(submission, false);
    this.attempts.there(true);
    this.place.graded(this);
  }

  private busy(on: boolean): void {
    const button = this.checkButton;
    button.style.width = on ? `${button.offsetWidth}px` : "";
    button.setAttribute("aria-disabled", String(on));
    button.replaceChildren(...(on ? [el("span", { class: "spin" }), "Checking"] : ["Check"]));
    if (on) this.setChip(el("span", { class: "chip acc" }, el("span", { class: "spin" }), "Checking"));
    else this.showState();
  }

  private showWaiting(submission: Submission, milliseconds: number): void {
    if (milliseconds < 1500) return;
    this.result.replaceChildren(el("div", { class: "verdict" }, el("p", {}, waitingWords(submission, milliseconds))));
  }

  /** A verdict, fresh or from before. What stands below keeps its place: results replace results. */
  private showReport(submission: Submission, before: boolean): void {
    const { report } = submission;
    if (!report) return;
    if (!before) this.state.by_hand = null;
    if (!this.state.by_hand) this.state.status = statusAfter(report.verdict, this.state.status);
    if (!before && report.verdict !== "handed-in" && report.fault !== "platform" && report.fault !== "author") this.state.tries += 1;
    const read = report.verdict === "handed-in" && this.state.by_hand !== null;
    this.result.replaceChildren(read ? "" : report.verdict === "passed" ? this.won(submission) : notYet(report));
    if (!before) announce(spoken(report));
    if (!before) this.state.began_at ??= new Date().toISOString();
    this.offerHint(report.verdict === "failed");
    this.showState();
  }

  /** Who is slower than three of four were is asked whether a hint would help. */
  private offerHint(failed: boolean): void {
    const { began_at: began, hint_after: after, hints, hints_total: total } = this.state;
    const late = began !== null && after !== null && Date.now() - Date.parse(began) > 1000 * after;
    if (!failed || !late || hints.length >= total) return;
    const ask = el("button", { class: "btn small", type: "button", onclick: () => void this.hint() }, hints.length ? "Show the next hint" : "Show a hint");
    this.result.append(el("p", { class: "offer" }, bulb(), el("span", {}, "This one takes many people a while. A hint costs nothing."), ask));
  }

  private won({ report }: Submission): HTMLElement {
    const checks = report?.checks ?? [];
    const shown = checks.filter((check) => check.status === "passed");
    const words = el("div", {}, el("p", { class: "won-title" }, glyph("tick"), `Passed: ${this.state.title}`));
    if (report?.message) words.append(el("p", {}, ...marked(report.message)));
    const tries = this.state.tries > 0 ? `${nthTry(this.state.tries)}. ` : "";
    if (shown.length) words.append(el("p", {}, `${tries}You showed that it holds in ${count(shown.length, "check")}.`));
    if (shown.length) words.append(el("details", { class: "fold" }, el("summary", {}, `${count(shown.length, "check")} passed`), checkList(shown)));
    const more = report ? folds(report) : null;
    if (more?.hasChildNodes()) words.append(...more.childNodes);
    const box = el("div", { class: "won" }, words);
    const next = this.place.next();
    if (next) box.append(el("a", { class: "btn next", href: next.url }, next.label));
    return box;
  }

  private showProblem(error: unknown): void {
    const problem = error instanceof Problem ? error : new Problem(0, "This could not be sent.", String(error), "", null);
    const what = problem.detail || problem.title;
    this.result.replaceChildren(el("div", { class: "verdict warn" }, el("p", {}, el("b", {}, ...marked(what))), problem.todo ? el("p", {}, problem.todo) : null));
    announce(`${what} ${problem.todo}`);
  }

  private setChip(chip: HTMLElement): void {
    if (this.chip) this.chip.replaceWith(chip);
    else this.place.host.querySelector(":scope > header")?.append(chip);
    this.chip = chip;
  }

  private showState(): void {
    const { state } = this;
    this.place.host.classList.toggle("locked", this.locked);
    this.showMark();
    this.showNeeds();
    this.showRegraded();
    this.hand.replaceChildren(byHand(state) ?? "");
    if (!this.checking) this.setChip(this.stateChip());
    this.solution.open(state.solution_open || state.status === "passed");
    const left = state.hints_total - state.hints.length;
    this.hintButton.hidden = left <= 0 || state.hints.length > 0 || state.status === "passed";
    this.hintButton.replaceChildren(bulb(), `Hint · ${left} left`);
    this.resetButton.hidden = !this.cell.edited;
    this.checkButton.hidden = this.locked;
    this.showRun();
    this.showTries();
  }

  private stateChip(): HTMLElement {
    const { state } = this;
    const open = state.needs.find((need) => !need.passed);
    if (open) return el("a", { class: "chip", href: open.url }, glyph("lock"), `Builds on “${open.title}”`);
    const report = state.last?.report;
    if (state.status === "passed" && report?.verdict !== "passed") {
      const text = `Passed before · ${points(state.max_points)} of ${count(Number(points(state.max_points)), "point")}`;
      return el("span", { class: "chip pass" }, glyph("tick"), text);
    }
    if (state.by_hand) {
      const text = `${points(state.by_hand.points)} of ${count(Number(points(state.max_points)), "point")}`;
      return el("span", { class: `chip ${state.status === "passed" ? "pass" : ""}`.trim() }, text);
    }
    if (report) return chipOf(report);
    return el("span", { class: "chip points" }, count(Number(points(state.max_points)), "point"));
  }

  private showMark(): void {
    const mark = this.place.host.querySelector<HTMLElement>(":scope > .node > .st");
    if (!mark) return;
    const status = this.locked ? "needs" : this.state.status;
    const word = { todo: "Not tried yet", tried: "Tried", failed: "Not passed yet", passed: "Passed", needs: "Needs an earlier exercise" }[status];
    mark.className = `st ${{ todo: "", tried: "tried", failed: "fail", passed: "pass", needs: "needs" }[status]}`.trim();
    mark.title = word;
    const sign = status === "passed" ? glyph("tick") : status === "failed" ? glyph("cross") : String(this.place.number);
    mark.replaceChildren(sign, el("span", { class: "vh" }, word));
  }

  private showNeeds(): void {
    const open = this.state.needs.filter((need) => !need.passed);
    this.needsNote.hidden = open.length === 0;
    const links = open.flatMap((need, index) => [index ? ", " : "", el("a", { href: need.url }, `“${need.title}”`)]);
    this.needsNote.replaceChildren("You can read, write and run this one already. It is checked once you pass ", ...links, ".");
  }

  /** A grade that was changed afterwards says so, and why. */
  private showRegraded(): void {
    const { regraded } = this.state;
    this.regradedNote.hidden = !regraded;
    if (!regraded) return;
    const moved = `${points(regraded.before)} to ${count(Number(points(regraded.after)), "point")}`;
    this.regradedNote.textContent = `Graded again (${moment(new Date(regraded.at))}) from ${moved}: ${regraded.reason}`;
  }

  private showRun(): void {
    this.runButton.textContent = this.running ? "Stop" : "Run";
  }

  private showTries(): void {
    const tries = this.state.tries ? count(this.state.tries, "try", "tries") : "";
    this.saved.textContent = [this.savedText, tries].filter(Boolean).join(" · ");
  }

  /** The next hint, one at a time. */
  async hint(): Promise<void> {
    if (this.state.hints.length >= this.state.hints_total) return;
    this.hintButton.disabled = true;
    try {
      const hint = await call<Hint>("POST", paths.hints(this.place.course, this.place.id));
      if (this.state.hints.some((one) => one.number === hint.number)) return;
      this.state.hints.push(hint);
      this.addHint(hint).focus();
      this.place.graded(this);
    } catch (error) {
      this.showProblem(error);
    } finally {
      this.hintButton.disabled = false;
      this.showState();
    }
  }

  private addHint(hint: Hint): HTMLElement {
    this.hints.querySelector(".more-hints")?.remove();
    const body = el("div", {});
    // Hints are the course's own, rendered and cleaned when it was published.
    body.innerHTML = hint.html;
    const box = el("aside", { class: "hint", tabindex: -1, "aria-label": `Hint ${hint.number} of ${this.state.hints_total}` });
    box.append(el("header", {}, bulb(), `Hint ${hint.number} of ${this.state.hints_total}`), body);
    if (hint.number < this.state.hints_total) {
      box.append(el("button", { class: "btn bare small more-hints", type: "button", onclick: () => void this.hint() }, "Show the next hint"));
    }
    this.hints.append(box);
    return box;
  }
}
