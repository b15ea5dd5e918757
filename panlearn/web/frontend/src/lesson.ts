// A lesson page: readable before this runs, live after it.
import { listenForKeys } from "./keys";
import { dock, kernelRail, stuck } from "./rail";
import { followReading } from "./reading";
import { Session } from "./session";
import { followTabs } from "./tabs";
import type { LessonState } from "./types";

function stateOf(): LessonState | null {
  const data = document.querySelector("#lesson-state")?.textContent;
  return data ? (JSON.parse(data) as LessonState) : null;
}

/** A link to an exercise from another page arrives before the editors are in place. */
function arrive(): void {
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  target?.scrollIntoView();
}

followReading();
followTabs();
const state = stateOf();
if (state && (state.cells.length > 0 || Object.keys(state.exercises).length > 0)) {
  const session = new Session(state, document);
  const keys = listenForKeys({
    exercises: () => [...session.exercises.values()].map((exercise) => exercise.place.host),
    hint: (host) => void session.exercises.get(host.dataset["exercise"] ?? "")?.hint(),
  });
  if (state.cells.length > 0) {
    kernelRail(session, keys.show);
    dock(session);
  }
  stuck(session);
  arrive();
  if (state.cells.length > 0) void session.kernel.open().catch(() => undefined);
}
