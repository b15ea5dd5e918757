import { announce } from "./announce";
import { call, paths, Problem } from "./api";
import { el, marked } from "./dom";
import { makeImage } from "./quizimage";
import { makeOrder } from "./quizorder";
import { keepingText, makeWritten } from "./quizwritten";
import { spoken } from "./report";
import type { Task } from "./task";
import type { ExerciseState, Hint, Submission } from "./types";

export interface QuizPlace {
  course: string;
  id: string;
  host: HTMLElement;
  next: () => { label: string; url: string } | null;
  /** A verdict is there: progress may have moved. */
  graded: (quiz: Quiz) => void;
}

/** The fields of a form as the API takes them: each name with its values. */
export function fieldsOf(entries: Iterable<[string, FormDataEntryValue]>): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of entries) {
    if (typeof value === "string" && name !== "csrf_token") (fields[name] ??= []).push(value);
  }
  return fields;
}

/** One quiz of the page. The server draws it, before and after an answer; here it is sent without leaving the page. */
export class Quiz implements Task {
  private checking = false;

  constructor(
    readonly place: QuizPlace,
    public state: ExerciseState,
  ) {
    this.wake();
  }

  update(state: ExerciseState): void {
    this.state = state;
  }

  async hint(): Promise<void> {
    const left = this.state.hints_total - this.state.hints.length;
    if (this.written && left > 0) return this.nextHint();
    announce(left > 0 ? "A hint comes with the next try." : "There is no further hint.");
    await Promise.resolve();
  }

  private get written(): boolean {
    return this.place.host.dataset["quiz"] === "written";
  }

  /** Texts that a person grades have hints on request: tries would tell nothing. */
  private async nextHint(): Promise<void> {
    const { course, id, host } = this.place;
    try {
      const hint = await call<Hint>("POST", paths.hints(course, id));
      if (!this.state.hints.some((one) => one.number === hint.number)) this.state.hints.push(hint);
      await keepingText(host, () => this.draw());
      announce(`Hint ${hint.number} of ${this.state.hints_total}.`);
    } catch (error) {
      this.showProblem(error);
    }
  }

  private get form(): HTMLFormElement | null {
    return this.place.host.querySelector<HTMLFormElement>("form.qform");
  }

  /** What the drawn card needs of the script. */
  private wake(): void {
    const { host } = this.place;
    const form = this.form;
    if (!form) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void (event.submitter?.matches(".qhint") ? this.nextHint() : this.check(form));
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
    });
    const list = host.querySelector<HTMLElement>(".qorder");
    if (list) makeOrder(list);
    if (host.dataset["quiz"] === "image") makeImage(host);
    if (this.written) makeWritten(host);
    this.onward();
  }

  private async check(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector<HTMLButtonElement>("button.go");
    if (this.checking || !button) return;
    this.checking = true;
    this.busy(button, true);
    try {
      const source = JSON.stringify(fieldsOf(new FormData(form).entries()));
      const sent = await call<Submission>("POST", paths.submissions(this.place.course, this.place.id), { body: { source } });
      this.state.last = sent;
      if (sent.report?.verdict === "passed") this.state.status = "passed";
      else if (this.state.status !== "passed") this.state.status = sent.report?.verdict === "handed-in" ? "tried" : "failed";
      await this.draw();
      if (sent.report) announce(spoken(sent.report));
      this.place.graded(this);
    } catch (error) {
      this.showProblem(error);
    } finally {
      this.checking = false;
      this.busy(button, false);
    }
  }

  /** Puts the card in as the server draws it now; the focus stays where it was, or goes to the question. */
  private async draw(): Promise<void> {
    const { course, id, host } = this.place;
    const response = await fetch(paths.quiz(course, id), { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!response.ok) throw new Problem(response.status, "Your answer is kept, but its verdict could not be shown.", "", "Reload the page to see it.", null);
    const focused = host.contains(document.activeElement);
    const drawn = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("section.quiz");
    if (!drawn) return;
    host.replaceChildren(...drawn.childNodes);
    this.wake();
    if (!focused) return;
    const target = host.querySelector<HTMLElement>("button.go") ?? host.querySelector<HTMLElement>("h3");
    if (target?.tagName === "H3") target.tabIndex = -1;
    target?.focus({ preventScroll: true });
  }

  private busy(button: HTMLButtonElement, on: boolean): void {
    if (on) button.dataset["label"] = button.textContent ?? "";
    button.style.width = on ? `${button.offsetWidth}px` : "";
    button.setAttribute("aria-disabled", String(on));
    button.replaceChildren(...(on ? [el("span", { class: "spin" }), this.written ? "Sending" : "Checking"] : [button.dataset["label"] ?? "Check"]));
  }

  private showProblem(error: unknown): void {
    const problem = error instanceof Problem ? error : new Problem(0, "This could not be sent.", String(error), "", null);
    const what = problem.detail || problem.title;
    const box = el("div", { class: "verdict warn" }, el("p", {}, el("b", {}, ...marked(what))), problem.todo ? el("p", {}, problem.todo) : null);
    this.place.host.querySelector(".result")?.replaceChildren(box);
    announce(`${what} ${problem.todo}`);
  }

  private onward(): void {
    const won = this.place.host.querySelector(".won > div");
    const next = this.place.next();
    if (won && next) won.append(el("a", { class: "btn next", href: next.url }, next.label));
  }
}
