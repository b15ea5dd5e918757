import { announce } from "./announce";
import { quiet } from "./cell";
import { el } from "./dom";
import { inLine, kernelPill, kernelWords } from "./kernelpill";
import type { Session } from "./session";
import { toast } from "./toast";
import { count } from "./words";

const IN_LINE = "Every kernel is in use. You can read on and write: yours starts by itself, and what you run waits for it.";

/** The kernel's part of the rail: its state, and what can be done with all cells at once. */
export function kernelRail(session: Session, showKeys: () => void): void {
  const section = document.querySelector<HTMLElement>("#rail-kernel");
  if (!section) return;
  const { kernel, runner } = session;
  const detail = el("small", {});
  const why = el("p", { class: "muted", hidden: true });
  const stop = quiet("Stop", () => void runner.stop());
  stop.hidden = true;
  const actions = el(
    "div",
    { class: "kr-acts" },
    quiet("Run all", () => void runner.runAll()),
    stop,
    quiet("Restart", () => void kernel.restart().catch(() => undefined), "Restart the kernel"),
    quiet("Reset lesson", () => void resetLesson(session)),
    quiet("Keys", showKeys),
  );
  section.append(el("div", { class: "kr" }, kernelPill(kernel), detail), why, actions);
  section.hidden = false;
  let place = 0;
  kernel.changed((state) => {
    detail.textContent = kernel.language;
    stop.hidden = state.kind !== "busy";
    const said = state.kind === "failed" || state.kind === "waiting" ? state.why : state.kind === "queued" ? IN_LINE : "";
    why.hidden = said === "";
    why.textContent = said;
    if (state.kind === "queued" && state.position !== place) announce(`You are ${inLine(state.position, state.seconds)} for a kernel.`);
    place = state.kind === "queued" ? state.position : 0;
  });
}

async function resetLesson(session: Session): Promise<void> {
  try {
    const undo = await session.reset();
    toast("Every cell of this lesson is back to its first text.", { label: "Undo", run: undo });
  } catch {
    toast("The lesson could not be reset: the site did not answer.");
  }
}

/** The dock of a phone says the kernel's state in words. */
export function dock(session: Session): void {
  const host = document.querySelector<HTMLElement>("#dock");
  if (!host) return;
  const words = el("span", { class: "ds-k" });
  const passed = host.querySelector("[data-dock-passed]");
  if (passed) passed.after(" · ", words);
  else host.prepend(words);
  const say = (): void => void (words.textContent = kernelWords(session.kernel.state));
  session.kernel.changed(say);
  say();
}

/** “Stuck?”: hints that are left and when the solution opens, for the first exercise that failed. */
export function stuck(session: Session): void {
  const section = document.querySelector<HTMLElement>("#rail-stuck");
  if (!section) return;
  const text = el("p", { class: "muted" });
  section.append(text);
  const draw = (): void => {
    const one = [...session.exercises.values()].find((exercise) => exercise.state.status === "failed");
    section.hidden = !one;
    if (!one) return;
    const { title, hints, hints_total, solution_open, solution_in } = one.state;
    const left = hints_total - hints.length;
    const said = [left > 0 ? `${count(left, "hint")} ${left === 1 ? "is" : "are"} left for “${title}”.` : `You have seen every hint for “${title}”.`];
    if (hints_total === 0) said[0] = `“${title}” has no hints: its first failed check says what to look at.`;
    if (!solution_open && solution_in) said.push(`The solution opens after ${count(solution_in, "more try", "more different tries")}.`);
    if (solution_open) said.push("Its solution is open.");
    text.textContent = said.join(" ");
  };
  session.moved(draw);
  draw();
}
