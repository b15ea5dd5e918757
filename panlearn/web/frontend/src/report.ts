import { picture } from "./curve";
import { fragment } from "./ansi";
import { el, glyph, marked } from "./dom";
import type { Check, Report } from "./types";
import { count, points } from "./words";

/** The chip at an exercise's title: a sign, a word, the points. */
export function chipOf(report: Report): HTMLElement {
  const score = `${points(report.points)} of ${count(Number(points(report.max_points)), "point")}`;
  const chip = (kind: string, sign: "tick" | "cross" | "warn", text: string): HTMLElement => el("span", { class: `chip ${kind}` }, glyph(sign), text);
  switch (report.verdict) {
    case "passed":
      return chip("pass", "tick", `Passed · ${score}`);
    case "handed-in":
      return el("span", { class: "chip" }, "Handed in");
    case "timeout":
      return chip("warn", "warn", "Out of time");
    case "memory":
      return chip("warn", "warn", "Out of memory");
    case "killed":
      return chip("warn", "warn", "Stopped before its end");
    case "author-error":
      return chip("warn", "warn", "This check is broken, not your answer");
    case "platform-error":
      return chip("warn", "warn", "Not graded");
    default:
      return chip("fail", "cross", `Not yet · ${score}`);
  }
}

/** The sentence that is read out: the verdict, then what the first failed check says. */
export function spoken(report: Report): string {
  if (report.verdict === "passed") return `Passed. ${points(report.points)} of ${count(Number(points(report.max_points)), "point")}.`;
  if (report.verdict === "handed-in") return `Handed in. ${report.message ?? ""}`;
  const first = report.checks.find((check) => check.status === "failed" || check.status === "error");
  const said = first ? `${first.name}. ${first.message}` : (report.message ?? "");
  return `${report.fault === "learner" ? "Not yet." : "Not graded."} ${said}`.replaceAll("`", "").trim();
}

function score(check: Check): string {
  if (check.status === "skipped") return "waits for the one above";
  return check.max_points ? `${points(check.points ?? 0)} of ${points(check.max_points)}` : "";
}

/** You gave, accepted, off by. Long values are set as code. */
function figures(check: Check): HTMLElement | null {
  const rows: [string, string | undefined, boolean][] = [
    ["You gave", check.got, true],
    ["Accepted", check.accepted, false],
    ["Off by", check.off, false],
  ];
  const there = rows.filter(([, value]) => value);
  if (there.length === 0) return null;
  const list = el("dl", { class: "gaw" });
  for (const [label, value, bad] of there) {
    const kind = [bad ? "bad" : "", (value ?? "").length > 24 ? "long" : ""].filter(Boolean).join(" ");
    list.append(el("div", {}, el("dt", {}, label), el("dd", { class: kind || null }, value)));
  }
  return list;
}

function failed(check: Check, open: boolean): HTMLElement {
  const more = el("div", { class: "more" });
  if (check.message) more.append(el("p", { class: "why" }, ...marked(check.message)));
  const numbers = figures(check);
  if (numbers) more.append(numbers);
  if (check.curve) more.append(picture(check.curve));
  if (check.hint) more.append(el("div", { class: "try" }, el("b", {}, "Try"), el("span", {}, ...marked(check.hint))));
  const item = el("li", { class: "f" }, glyph("cross"), named(check), el("span", { class: "pt" }, score(check)));
  if (!more.hasChildNodes()) return item;
  if (open) item.append(more);
  else item.append(el("details", { class: "fold more" }, el("summary", {}, "What it says"), more));
  return item;
}

function named(check: Check): HTMLElement {
  // A hidden check's idea is prose of the author's, often begun in lower case; other names may be code.
  const text = check.hidden ? check.name.charAt(0).toUpperCase() + check.name.slice(1) : check.name;
  const name = el(check.status === "failed" || check.status === "error" ? "b" : "span", {}, ...marked(text));
  const word = { passed: "Passed: ", failed: "Failed: ", error: "Failed: ", skipped: "Not run: " }[check.status];
  name.prepend(el("span", { class: "vh" }, word));
  if (check.hidden) name.append(" ", el("span", { class: "muted nowrap", title: "A check you cannot read; this is its idea" }, "· hidden check"));
  return name;
}

/** Every check in the author's order; the first failure is open. */
export function checkList(checks: readonly Check[]): HTMLOListElement {
  const list = el("ol", { class: "checks" });
  let open = true;
  for (const check of checks) {
    if (check.status === "failed" || check.status === "error") {
      list.append(failed(check, open));
      open = false;
    } else {
      const passed = check.status === "passed";
      list.append(el("li", { class: passed ? "p" : "w" }, glyph(passed ? "tick" : "wait"), named(check), el("span", { class: "pt" }, score(check))));
    }
  }
  return list;
}

/** What the learner's own code printed, and where it stopped: folded. */
export function folds(report: Report): HTMLElement {
  const box = el("div", { class: "folds" });
  const fold = (title: string, text: string): void => {
    const body = el("pre", { tabindex: 0 });
    body.append(fragment(text.replace(/\n$/, "")));
    box.append(el("details", { class: "fold" }, el("summary", {}, title), body));
  };
  if (report.output) fold("What your code printed", report.output);
  if (report.traceback) fold("Full traceback", report.traceback);
  return box;
}

/** A report that is no pass: why, the checks, what was printed. */
export function notYet(report: Report): DocumentFragment {
  const parts = document.createDocumentFragment();
  const told = report.checks.some((check) => (check.status === "failed" || check.status === "error") && check.message);
  if (report.message && !(told && report.verdict === "failed")) {
    const kind = report.verdict === "handed-in" ? "" : report.fault === "learner" ? (report.verdict === "failed" || report.verdict === "error" ? "bad" : "warn") : "warn";
    parts.append(el("div", { class: `verdict ${kind}`.trim() }, el("p", {}, ...marked(report.message))));
  }
  if (report.checks.length) parts.append(checkList(report.checks));
  const more = folds(report);
  if (more.hasChildNodes()) parts.append(more);
  return parts;
}
