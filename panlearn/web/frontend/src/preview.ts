/** On an author's preview: reload when the course was built anew, and say what stands in the way. */

interface State {
  course: string;
  release: string;
  step: string;
  errors: number;
  warnings: number;
  first: string;
}

const EVERY = 400;
const bar = document.querySelector<HTMLElement>("[data-preview]");

/** What the bar says of a state. */
export function words(state: State): string {
  if (state.step) return `${state.step} …`;
  if (state.errors) return `${state.errors === 1 ? "1 error" : `${state.errors} errors`}: ${state.first}`;
  return state.warnings ? `${state.warnings === 1 ? "1 warning" : `${state.warnings} warnings`}` : "Up to date";
}

async function follow(from: HTMLElement): Promise<void> {
  const shown = from.dataset.preview ?? "";
  const was = from.dataset.state ?? "";
  const text = from.querySelector<HTMLElement>("span");
  for (;;) {
    await new Promise((done) => setTimeout(done, document.hidden ? 4 * EVERY : EVERY));
    let state: State;
    try {
      const answer = await fetch("/preview/state", { cache: "no-store" });
      if (!answer.ok) continue;
      state = (await answer.json()) as State;
    } catch {
      if (text) text.textContent = "The preview has ended";
      continue;
    }
    if (text) text.textContent = words(state);
    from.classList.toggle("bad", state.errors > 0);
    if (state.step) continue;
    const report = location.pathname === "/preview";
    if (state.release !== shown || (report && `${state.errors}/${state.warnings}/${state.first}` !== was)) {
      location.reload();
      return;
    }
  }
}

if (bar) void follow(bar);
