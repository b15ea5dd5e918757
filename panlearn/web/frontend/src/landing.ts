// The first exercise, in place on the front page: its real check, its real kernel.
import { call, paths } from "./api";
import { el } from "./dom";
import { kernelPill } from "./kernelpill";
import { Session } from "./session";
import type { LessonState } from "./types";

/** Cells above the exercise run here too, out of sight: the kernel must know what the lesson has set up. */
function stage(card: HTMLElement, state: LessonState, exercise: string): LessonState {
  const at = state.cells.findIndex((cell) => cell.exercise === exercise);
  const behind = el("div", { hidden: true });
  for (const cell of state.cells.slice(0, at)) {
    behind.append(el("div", { class: "cell", "data-cell": cell.id }, el("div", { class: "code" }, el("pre", {}, el("code", {}, cell.source))), el("div", { class: "out" })));
  }
  card.append(behind);
  card.dataset["cell"] = state.cells[at]?.id ?? "";
  return { ...state, cells: state.cells.slice(0, at + 1) };
}

/** The card will grow: from now on nothing beside it moves when it does. */
function hold(card: HTMLElement): void {
  const row = card.parentElement;
  if (!row || !matchMedia("(min-width: 60.01rem)").matches) return;
  const top = row.getBoundingClientRect().top + parseFloat(getComputedStyle(row).paddingTop);
  const places = [...row.children].map((child) => child.getBoundingClientRect().top - top);
  for (const [index, child] of [...row.children].entries()) {
    (child as HTMLElement).style.alignSelf = "start";
    (child as HTMLElement).style.marginTop = `${Math.max(0, places[index] ?? 0)}px`;
  }
}

async function bring(card: HTMLElement): Promise<void> {
  const { course = "", page = "", exercise = "" } = card.dataset;
  const state = await call<LessonState>("GET", paths.state(course, page));
  const told = state.exercises[exercise];
  if (!told) return;
  const session = new Session(stage(card, state, exercise), card.parentElement ?? document);
  const one = session.exercises.get(exercise);
  if (!one) return;
  one.place.next = () => ({ label: "Go on in the lesson", url: `/courses/${course}/${page}#${exercise}` });
  const pill = kernelPill(session.kernel);
  session.kernel.changed((now) => (pill.hidden = now.kind === "none"));
  pill.hidden = true;
  card.addEventListener("click", () => hold(card), { once: true, capture: true });
  card.querySelector(":scope > header")?.append(pill);
}

const card = document.querySelector<HTMLElement>("#first");
if (card) void bring(card).catch(() => undefined);
