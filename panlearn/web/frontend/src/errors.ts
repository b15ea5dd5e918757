import { stripped } from "./ansi";
import { namesIn, nearest } from "./suggest";

/** A kernel's error in words: one sentence, perhaps a name it may have meant, and the traceback to unfold. */
export interface ErrorWords {
  sentence: string;
  suggestion: string | null;
  traceback: string;
}

/** The line of the learner's own cell where it went wrong: the last arrow of a cell's frame, or a syntax error's line. */
export function lineOf(traceback: string): number | null {
  const frames = traceback.split(/\n(?=(?:Cell|File|Input) )/).filter((frame) => /^(?:Cell|Input) (?:In)?/.test(frame));
  const mine = frames[frames.length - 1] ?? traceback;
  const line = /^(?:Cell|Input) In ?\[\d+\],? line:? ?(\d+)/m.exec(mine)?.[1] ?? /-+> ?(\d+)/.exec(mine)?.[1];
  return line ? Number(line) : null;
}

function meant(name: string, value: string, sources: readonly string[]): string | null {
  const told = /Did you mean:? ['‘“]?([\w.]+)/.exec(value)?.[1];
  if (told) return told;
  const wrong = name === "NameError" ? /name '([^']+)' is not defined/.exec(value)?.[1] : undefined;
  return wrong ? nearest(wrong, sources.flatMap((source) => [...namesIn(source)])) : null;
}

/** `sources` are the texts of the lesson's cells: where a misspelt name may have its right form. */
export function inWords(name: string, value: string, traceback: readonly string[], sources: readonly string[]): ErrorWords {
  const full = traceback.join("\n");
  const line = lineOf(stripped(full));
  const where = line && !/line \d+\)?$/.test(value) ? `, line ${line}` : "";
  const first = stripped(value).split("\n")[0]?.replace(/\. Did you mean.*$/, "") ?? "";
  let sentence = first ? `${name}: ${first}` : name;
  const unknown = name === "NameError" ? /^name '([^']+)' is not defined/.exec(first)?.[1] : undefined;
  if (unknown) sentence = `NameError: “${unknown}” is not defined`;
  const absent = name === "ModuleNotFoundError" ? /No module named '([^']+)'/.exec(first)?.[1] : undefined;
  if (absent) sentence = `ModuleNotFoundError: “${absent}” is not installed in this lesson’s environment`;
  if (name === "KeyboardInterrupt") return { sentence: "Stopped, as you asked", suggestion: null, traceback: full };
  return { sentence: sentence + where, suggestion: meant(name, value, sources), traceback: full };
}
