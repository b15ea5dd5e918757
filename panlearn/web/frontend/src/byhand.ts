// What a person gives: the rubric before, the grade with its comment after.
import { el } from "./dom";
import type { ExerciseState } from "./types";
import { count, moment, points } from "./words";

/** How an exercise is graded by a person, and the grade of the last answer; nothing where a machine does all of it. */
export function byHand(state: ExerciseState): HTMLElement | null {
  if (!state.hand_points) return null;
  return state.by_hand ? given(state, state.by_hand) : awaited(state);
}

function awaited(state: ExerciseState): HTMLElement {
  const whole = count(Number(points(state.hand_points)), "point");
  const title = `A person reads your answer and gives ${state.hand_points < state.max_points ? `${whole} of ${points(state.max_points)}` : whole}`;
  if (state.rubric.length === 0) return el("p", { class: "hand" }, `${title}.`);
  const rows = state.rubric.map((one) => el("li", {}, el("span", {}, one.text), el("b", { class: "num" }, points(one.points))));
  return el("details", { class: "fold hand" }, el("summary", {}, `${title}: what for`), el("ul", { class: "rubric" }, ...rows));
}

function given(state: ExerciseState, grade: NonNullable<ExerciseState["by_hand"]>): HTMLElement {
  const box = el("section", { class: "hand given", "aria-label": "Graded by a person" });
  const score = `${points(grade.points)} of ${count(Number(points(state.max_points)), "point")}`;
  box.append(el("p", {}, el("b", {}, `A person gave this answer ${score}`), ` (${moment(new Date(grade.at))}).`));
  if (grade.comment) box.append(...grade.comment.split(/\n{2,}/).map((text) => el("p", { class: "said" }, text)));
  if (state.rubric.length) {
    const rows = state.rubric.map((one) =>
      el("li", {}, el("span", {}, one.text), el("b", { class: "num" }, `${points(grade.rubric[one.text] ?? 0)} of ${points(one.points)}`)),
    );
    box.append(el("ul", { class: "rubric" }, ...rows));
  }
  return box;
}
