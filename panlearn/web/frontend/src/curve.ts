import { svg } from "./dom";
import { linear, steps, tick, type Scale } from "./scales";
import type { Curve } from "./types";

/** Room around a drawing, in its own units: one drawing for wide places, one for narrow. */
const WIDE = { width: 664, left: 64, right: 640, kind: "wide", ticks: 6 };
const NARROW = { width: 360, left: 52, right: 346, kind: "nar", ticks: 4 };
const TOP = 16;
const MIDDLE = 206;
const BELOW = 234;
const FOOT = 332;
const HEIGHT = 376;

type Frame = typeof WIDE;
type Point = [number, number];

/** Where a curve first leaves its band, and the largest residual: what the picture shows, in words. */
export function inWords(curve: Curve): string {
  const away = outside(curve);
  const worst = curve.residual.reduce<number>((found, value, index) => (Math.abs(value ?? 0) > Math.abs(curve.residual[found] ?? 0) ? index : found), 0);
  const at = `${tick(curve.x[worst] ?? 0)}${unit(curve.x_label)}`;
  const far = `The residual is largest at ${at}: ${tick(curve.residual[worst] ?? 0)}${unit(curve.y_label)}.`;
  if (away.length === 0) return `Your curve lies inside the accepted band. ${far}`;
  return `Your curve and the accepted band. Your curve is outside the band at ${away.length} of ${curve.x.length} points, ${span(curve, away)}. ${far}`;
}

/** Your curve over the accepted band, with the residual below on the same axis; `data` as a check reports it. */
export function picture(curve: Curve): HTMLElement {
  const figure = document.createElement("figure");
  figure.className = "curve";
  figure.append(drawing(curve, WIDE), drawing(curve, NARROW));
  return figure;
}

function drawing(curve: Curve, frame: Frame): SVGElement {
  const x = linear(bounds(curve.x), [frame.left, frame.right]);
  const y = linear(padded([...curve.low, ...curve.high, ...curve.yours]), [MIDDLE, TOP]);
  const rest = linear(padded([...curve.residual, ...below(curve), ...above(curve), 0]), [FOOT, BELOW]);
  const root = svg("svg", { class: `plot ${frame.kind}`, viewBox: `0 0 ${frame.width} ${HEIGHT}`, role: "img", "aria-label": inWords(curve) });
  root.append(
    ...grid(y, frame, 4),
    svg("path", { class: "band", d: between(curve.x, curve.low, curve.high, x, y) }),
    svg("path", { class: "line d2", d: path(curve.x, curve.yours, x, y) }),
    ...keys(frame),
    ...grid(rest, frame, 3),
    svg("path", { class: "band", d: between(curve.x, below(curve), above(curve), x, rest) }),
    svg("line", { class: "zero", x1: frame.left, x2: frame.right, y1: rest.at(0), y2: rest.at(0) }),
    svg("path", { class: "outside", d: beyond(curve, x, rest) }),
    svg("path", { class: "line d2", d: path(curve.x, curve.residual, x, rest) }),
    ...cut(curve, x, frame),
    ...axis(x, frame),
    label((frame.left + frame.right) / 2, HEIGHT - 5, curve.x_label),
    upright(12, (TOP + MIDDLE) / 2, curve.y_label),
    upright(12, (BELOW + FOOT) / 2, "yours − accepted"),
  );
  return root;
}

function keys(frame: Frame): SVGElement[] {
  const key = (text: string, kind: string, at: number): SVGElement => {
    const one = svg("text", { class: `key ${kind}`, x: at, y: TOP - 4, "text-anchor": "start" });
    one.textContent = text;
    return one;
  };
  return [key("accepted", "k-band", frame.left + 4), key("yours", "k-d2", frame.left + 74)];
}

/** A dashed line where the curve first leaves its band, and how the rest reads. */
function cut(curve: Curve, x: Scale, frame: Frame): SVGElement[] {
  const away = outside(curve);
  const edge = edgeOf(curve, away);
  if (edge === null) return [];
  const at = x.at(curve.x[edge] ?? 0);
  const right = at > (frame.left + frame.right) / 2;
  const note = svg("text", { class: "note", x: right ? at - 8 : at + 8, y: FOOT - 6, "text-anchor": right ? "end" : "start" });
  note.textContent = `${frame.kind === "wide" ? "leaves the band " : ""}${span(curve, away)}`;
  return [svg("line", { class: "cut", x1: at, x2: at, y1: TOP, y2: FOOT }), note];
}

/** The indices where the curve is outside. */
export function outside(curve: Curve): number[] {
  return curve.x.map((_, index) => index).filter((index) => !((curve.yours[index] ?? NaN) >= (curve.low[index] ?? NaN) && (curve.yours[index] ?? NaN) <= (curve.high[index] ?? NaN)));
}

/** Where the curve leaves its band for good; none where it comes and goes. */
function edgeOf(curve: Curve, away: number[]): number | null {
  const [first, last] = [away[0] ?? 0, away.at(-1) ?? 0];
  if (away.length === 0 || away.length === curve.x.length || away.length !== last - first + 1) return null;
  return first === 0 ? last : last === curve.x.length - 1 ? first : null;
}

/** “below 14.3 keV”, “above 2.1 Å”, “between 3.1 and 4.0 Å”. */
function span(curve: Curve, away: number[]): string {
  const [first, last] = [away[0] ?? 0, away.at(-1) ?? 0];
  const at = (index: number): string => tick(curve.x[index] ?? 0);
  if (away.length === curve.x.length) return "everywhere";
  if (first === 0 && away.length === last + 1) return `below ${at(last)}${unit(curve.x_label)}`;
  if (last === curve.x.length - 1 && away.length === last - first + 1) return `above ${at(first)}${unit(curve.x_label)}`;
  return first === last ? `at ${at(first)}${unit(curve.x_label)}` : `between ${at(first)} and ${at(last)}${unit(curve.x_label)}`;
}

/** The unit in a label such as “photon energy (keV)”, with a no-break space before it. */
function unit(text: string): string {
  const found = /[([]([^)\]]+)[)\]]\s*$/.exec(text);
  return found?.[1] ? `\u00a0${found[1]}` : "";
}

/** The middle of the band; what the residual is measured from, where it is known. */
function centre(curve: Curve, index: number): number {
  const [yours, residual] = [curve.yours[index], curve.residual[index]];
  if (typeof yours === "number" && typeof residual === "number") return yours - residual;
  return ((curve.low[index] ?? 0) + (curve.high[index] ?? 0)) / 2;
}

const below = (curve: Curve): number[] => curve.low.map((value, index) => value - centre(curve, index));
const above = (curve: Curve): number[] => curve.high.map((value, index) => value - centre(curve, index));

function bounds(values: readonly (number | null)[]): Point {
  const sound = values.filter((value): value is number => Number.isFinite(value));
  const [low, high] = [Math.min(...sound), Math.max(...sound)];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

function padded(values: readonly (number | null)[]): Point {
  const [low, high] = bounds(values);
  return [low - 0.05 * (high - low), high + 0.05 * (high - low)];
}

/** A line through the points; it is broken where a value is none. */
function path(xs: readonly number[], ys: readonly (number | null)[], x: Scale, y: Scale): string {
  let pen = "M";
  let text = "";
  for (const [index, value] of ys.entries()) {
    if (value === null || !Number.isFinite(value)) {
      pen = "M";
      continue;
    }
    text += `${pen}${x.at(xs[index] ?? 0).toFixed(1)} ${y.at(value).toFixed(1)}`;
    pen = "L";
  }
  return text;
}

function between(xs: readonly number[], low: readonly number[], high: readonly number[], x: Scale, y: Scale): string {
  const down = [...xs.keys()].reverse().map((index) => `L${x.at(xs[index] ?? 0).toFixed(1)} ${y.at(low[index] ?? 0).toFixed(1)}`);
  return `${path(xs, high, x, y)}${down.join("")}Z`;
}

/** The room between the residual and the edge of its band, where it is beyond it. */
function beyond(curve: Curve, x: Scale, y: Scale): string {
  const [low, high] = [below(curve), above(curve)];
  const residual = curve.residual.map((value, index) => value ?? ((low[index] ?? 0) + (high[index] ?? 0)) / 2);
  const edge = residual.map((value, index) => Math.min(Math.max(value, low[index] ?? value), high[index] ?? value));
  return between(curve.x, edge, residual, x, y);
}

function grid(y: Scale, frame: Frame, most: number): SVGElement[] {
  return steps(y.from, most).flatMap((value) => {
    const at = y.at(value);
    const text = svg("text", { class: "tick", x: frame.left - 8, y: at + 4, "text-anchor": "end" });
    text.textContent = tick(value);
    return [svg("line", { class: "grid", x1: frame.left, x2: frame.right, y1: at, y2: at }), text];
  });
}

function axis(x: Scale, frame: Frame): SVGElement[] {
  const marks = steps(x.from, frame.ticks).flatMap((value) => {
    const at = x.at(value);
    const text = svg("text", { class: "tick", x: at, y: FOOT + 19, "text-anchor": "middle" });
    text.textContent = tick(value);
    return [svg("line", { class: "axis", x1: at, x2: at, y1: FOOT, y2: FOOT + 5 }), text];
  });
  return [svg("line", { class: "axis", x1: frame.left, x2: frame.right, y1: FOOT, y2: FOOT }), ...marks];
}

function label(x: number, y: number, text: string): SVGElement {
  const one = svg("text", { class: "label", x, y, "text-anchor": "middle" });
  one.textContent = text;
  return one;
}

function upright(x: number, y: number, text: string): SVGElement {
  const one = svg("text", { class: "label", transform: `translate(${x} ${y}) rotate(-90)`, "text-anchor": "middle" });
  one.textContent = text;
  return one;
}
