import { ring } from "./ring";
import type { Progress } from "./types";
import { points } from "./words";

function replace(selector: string, drawing: () => Node): void {
  for (const host of document.querySelectorAll(selector)) host.replaceChildren(drawing());
}

function say(selector: string, text: string): void {
  for (const host of document.querySelectorAll(selector)) host.textContent = text;
}

/** Shows a lesson's progress wherever the page does: rail, dock and contents. */
export function showProgress(lesson: string, progress: Progress): void {
  replace("[data-ring-large]", () => ring(progress, 84));
  replace("[data-ring-dock]", () => ring(progress, 34));
  for (const link of document.querySelectorAll(`[data-ring="${CSS.escape(lesson)}"]`)) {
    link.querySelector(".pring")?.replaceWith(ring(progress, 17));
  }
  const passed = `${progress.passed} of ${progress.total}`;
  say("[data-passed]", passed);
  say("[data-dock-passed]", passed);
  say("[data-progress-points]", `${points(progress.points)} of ${points(progress.max_points)} points`);
}
