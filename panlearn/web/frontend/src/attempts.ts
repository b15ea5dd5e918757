import { announce } from "./announce";
import { call, paths, Problem } from "./api";
import { el } from "./dom";
import { checkList, chipOf } from "./report";
import type { Submission } from "./types";
import { count, moment } from "./words";

interface Attempt extends Submission {
  source: string;
}

/** Every answer that was sent to one exercise: a slider through them, and a way back to any. */
export class Attempts {
  readonly button = el("button", { class: "btn bare", type: "button", "aria-expanded": "false", hidden: true });
  readonly panel = el("section", { class: "attempts", "aria-label": "Your attempts", hidden: true });
  private attempts: Attempt[] = [];
  private at = 0;

  constructor(
    private readonly course: string,
    private readonly exercise: string,
    private readonly restore: (source: string) => void,
  ) {
    this.button.addEventListener("click", () => void this.toggle());
  }

  /** Whether any answer was sent; a list that is open follows. */
  there(sent: boolean): void {
    this.button.hidden = !sent;
    this.label();
    if (sent && !this.panel.hidden) void this.load();
  }

  private label(): void {
    this.button.textContent = this.panel.hidden ? "Attempts" : "Hide attempts";
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
  }

  private async toggle(): Promise<void> {
    if (!this.panel.hidden) {
      this.panel.hidden = true;
      this.label();
      return;
    }
    await this.load();
  }

  private async load(): Promise<void> {
    try {
      const found = await call<{ submissions: Attempt[] }>("GET", paths.submissions(this.course, this.exercise));
      this.attempts = found.submissions.reverse();
      this.at = this.attempts.length - 1;
      this.draw();
    } catch (error) {
      const text = error instanceof Problem ? error.detail || error.title : "Your attempts could not be fetched.";
      this.panel.replaceChildren(el("p", { class: "verdict warn" }, text));
    }
    this.panel.hidden = false;
    this.label();
  }

  private draw(): void {
    const all = this.attempts.length;
    if (all === 0) {
      this.panel.replaceChildren(el("p", { class: "muted" }, "Each Check is kept here with its answer and its time, so that you can go back."));
      return;
    }
    const shown = el("div", { class: "attempt" });
    const where = el("output", {});
    const slider = el("input", { type: "range", min: 1, max: all, step: 1, value: this.at + 1, "aria-label": "Attempt", disabled: all === 1 });
    const show = (): void => {
      this.at = Number(slider.value) - 1;
      const one = this.attempts[this.at];
      if (!one) return;
      where.textContent = `${this.at + 1} of ${all}`;
      slider.setAttribute("aria-valuetext", spokenOf(one, this.at + 1, all));
      shown.replaceChildren(...this.one(one));
    };
    slider.addEventListener("input", show);
    const step = (label: string, by: number): HTMLElement =>
      el("button", { class: "btn small", type: "button", onclick: () => ((slider.value = String(Number(slider.value) + by)), show()) }, label);
    const row = el("div", { class: "slider" }, step("Earlier", -1), slider, step("Later", 1), where);
    this.panel.replaceChildren(all > 1 ? row : "", shown);
    show();
  }

  private one(attempt: Attempt): Node[] {
    const report = attempt.report;
    const chip = report ? chipOf(report) : el("span", { class: "chip" }, "Waits for its verdict");
    const back = el("button", { class: "btn small", type: "button", onclick: () => this.bring(attempt) }, "Put this answer back");
    const parts: Node[] = [
      el("header", {}, el("time", { datetime: attempt.created_at }, moment(new Date(attempt.created_at))), chip, back),
      el("pre", { tabindex: 0 }, el("code", {}, attempt.source)),
    ];
    if (report?.checks.length) parts.push(el("details", { class: "fold" }, el("summary", {}, count(report.checks.length, "check")), checkList(report.checks)));
    return parts;
  }

  private bring(attempt: Attempt): void {
    this.restore(attempt.source);
    announce(`Attempt ${this.at + 1} is in the editor again.`);
  }
}

function spokenOf(attempt: Attempt, number: number, all: number): string {
  const verdict = attempt.report ? (attempt.report.verdict === "passed" ? "passed" : "not yet") : "waits";
  return `Attempt ${number} of ${all}, ${moment(new Date(attempt.created_at))}, ${verdict}`;
}
