import { svg } from "./dom";
import type { Progress } from "./types";

/** Radius, stroke and size of the figures for each size of ring; the same as in the template `_marks.html`. */
const SIZES: Record<number, [number, number, number]> = {
  17: [7, 3, 0],
  30: [12.5, 5, 0],
  34: [14.5, 5, 0],
  56: [24.5, 7, 13],
  84: [38, 8, 19],
};

/** Where an arc starts and its dashes, in degrees. A failed one is dashed, and its dashes fill the arc exactly. */
export function arcOf(index: number, total: number, radius: number, failed: boolean): { from: number; dashes: number[] } {
  const step = 360 / total;
  const gap = total > 1 ? Math.min(10.3, 0.171 * step) : 0;
  const long = step - gap;
  const from = -90 + index * step + gap / 2;
  if (!failed) return { from, dashes: [long, 360] };
  const pixel = 57.2958 / radius;
  const n = Math.max(2, Math.round((long + 2.4 * pixel) / (5.4 * pixel)));
  const unit = long / (n * 3 + (n - 1) * 2.4);
  const dashes: number[] = [];
  for (let i = 0; i < n; i++) dashes.push(3 * unit, i < n - 1 ? 2.4 * unit : 360);
  return { from, dashes };
}

/** Progress as a diffraction ring: one arc per exercise. */
export function ring(progress: Progress, size: 17 | 30 | 34 | 56 | 84): SVGElement {
  const [radius, width, text] = SIZES[size] as [number, number, number];
  const centre = size / 2;
  const place = { cx: centre, cy: centre, r: radius };
  const arcs = progress.arcs.map((state, index) => {
    const { from, dashes } = arcOf(index, progress.arcs.length, radius, state === "fail");
    return svg("circle", {
      class: `arc ${state}`,
      ...place,
      "stroke-width": width,
      pathLength: 360,
      "stroke-dasharray": dashes.map((dash) => dash.toFixed(2)).join(" "),
      transform: `rotate(${from.toFixed(2)} ${centre} ${centre})`,
    });
  });
  if (arcs.length === 0) arcs.push(svg("circle", { class: "arc none", ...place }));
  const label = `${progress.passed} of ${progress.total} exercises passed`;
  const box = svg("svg", { class: "pring", width: size, height: size, viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label }, ...arcs);
  if (text) {
    const figures = svg("text", { x: centre, y: centre + text * 0.34, "text-anchor": "middle", "font-size": text });
    figures.textContent = `${progress.passed}/${progress.total}`;
    box.append(figures);
  }
  return box;
}
