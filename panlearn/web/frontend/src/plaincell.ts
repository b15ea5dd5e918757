import { Cell, quiet, runWords } from "./cell";
import { el, playIcon } from "./dom";
import type { Runner } from "./runner";
import { toast } from "./toast";
import type { CellState, LessonState } from "./types";

/** Makes a static cell of the page live: an editor, a run button on the beam, and a line under its output. */
export function plainCell(host: HTMLElement, given: CellState, number: number, state: LessonState, runner: () => Runner): Cell {
  const editor = host.querySelector<HTMLElement>(":scope > .code, :scope > .hidden-code > .code") ?? host;
  const out = host.querySelector<HTMLElement>(":scope > .out") ?? host.appendChild(el("div", { class: "out" }));
  if (out.textContent?.trim() === "" && !out.querySelector("img")) out.replaceChildren();
  const note = el("span", { class: "num" });
  const play = el("button", { class: "play", type: "button" });
  let saved = "";
  const run = (): void => void runner().run(cell);
  const cell = new Cell(given, number, {
    course: state.course,
    lesson: state.lesson,
    host,
    editor,
    out,
    name: `cell ${number}`,
    saved: (text, bad) => {
      saved = text;
      note.classList.toggle("bad", bad);
      note.classList.toggle("saved", true);
      note.textContent = text;
    },
    run,
    check: run,
    sources: () => runner().cells.map((one) => one.text.text),
  });
  const reset = quiet("Reset", () => void resetCell(cell, `Cell ${number}`), `Reset cell ${number}`);
  const above = number > 1 ? quiet("Run all above", () => void runner().runAbove(cell), `Run all above cell ${number}`) : null;
  const bar = el("div", { class: "cellbar" }, note, el("span", { class: "acts" }, above, reset, copyButton(cell)));
  host.append(bar);
  host.querySelector(":scope > .node")?.replaceChildren(play);

  let clock = 0;
  const draw = (): void => {
    const busy = cell.state === "running" || cell.state === "waiting";
    play.classList.toggle("stop", busy);
    play.setAttribute("aria-label", busy ? `Stop cell ${number}` : `Run cell ${number} (Shift Enter)`);
    play.replaceChildren(playIcon(busy));
    const time = runner().times.get(cell.id);
    const seconds = cell.state === "running" && time ? (Date.now() - time.began) / 1000 : (time?.seconds ?? 0);
    note.classList.remove("bad", "saved");
    note.textContent = runWords(cell.state, seconds, time ? new Date(time.began) : null) || saved;
    reset.hidden = !cell.edited;
  };
  cell.changed(() => {
    clearInterval(clock);
    if (cell.state === "running") clock = window.setInterval(draw, 200);
    draw();
  });
  cell.text.changed(() => (reset.hidden = !cell.edited));
  play.addEventListener("click", () => {
    if (cell.state === "running" || cell.state === "waiting") void runner().stop();
    else run();
  });
  // The runner is made once all cells are.
  queueMicrotask(draw);
  return cell;
}

/** Resets a cell, with a way back. */
export async function resetCell(cell: Cell, name: string): Promise<void> {
  try {
    const undo = await cell.reset();
    toast(`${name} is back to its first text.`, { label: "Undo", run: undo });
  } catch {
    toast(`${name} could not be reset: the site did not answer.`);
  }
}

function copyButton(cell: Cell): HTMLElement | null {
  if (!navigator.clipboard) return null;
  const button = quiet("Copy", () => {
    void navigator.clipboard.writeText(cell.text.text).then(() => {
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  });
  button.setAttribute("aria-label", `Copy the code of ${cell.place.name}`);
  return button;
}
