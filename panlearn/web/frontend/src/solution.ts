import { call, paths, Problem } from "./api";
import { el } from "./dom";

/** The author's solution beside the learner's answer: there once the course's rule opens it, shown when asked for. */
export class Solution {
  readonly button = el("button", { class: "btn bare", type: "button", "aria-expanded": "false", hidden: true }, "Show the solution");
  readonly panel = el("div", { class: "solution" });

  constructor(
    private readonly course: string,
    private readonly exercise: string,
    private readonly mine: () => string,
  ) {
    this.button.addEventListener("click", () => void this.toggle());
  }

  open(there: boolean): void {
    this.button.hidden = !there;
  }

  private async toggle(): Promise<void> {
    if (this.panel.hasChildNodes()) {
      this.panel.replaceChildren();
      this.say(false);
      return;
    }
    try {
      const { source } = await call<{ source: string }>("GET", paths.solution(this.course, this.exercise));
      const side = (title: string, text: string): HTMLElement =>
        el("div", {}, el("h4", {}, title), el("pre", { tabindex: 0 }, el("code", {}, text)));
      this.panel.replaceChildren(el("div", { class: "compare" }, side("Yours", this.mine()), side("The author’s", source)));
      this.say(true);
    } catch (error) {
      const text = error instanceof Problem ? error.detail || error.title : "The solution could not be fetched.";
      this.panel.replaceChildren(el("div", { class: "verdict warn" }, el("p", {}, text)));
    }
  }

  private say(shown: boolean): void {
    this.button.setAttribute("aria-expanded", String(shown));
    this.button.textContent = shown ? "Hide the solution" : "Show the solution";
  }
}
