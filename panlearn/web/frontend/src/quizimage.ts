import { svg } from "./dom";

/** A coordinate that can be drawn, or null. */
export function percent(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(value) && value >= 0 && value <= 100 ? value : null;
}

/** A click on the image fills the fields in, and what is written there is drawn on it. Arrow keys in a field move the mark. */
export function makeImage(host: HTMLElement): void {
  const image = host.querySelector<HTMLElement>(".qimage");
  const marks = host.querySelector<SVGElement>(".qmarks");
  const points = [...host.querySelectorAll<HTMLElement>(".qpoint")].map((row) => [...row.querySelectorAll<HTMLInputElement>("input")]);
  if (!image || !marks || points.length === 0 || points.some(([x]) => !x || x.disabled)) return;
  const draw = (): void => {
    for (const old of marks.querySelectorAll(".mark")) old.remove();
    for (const [x, y] of points) {
      const [at, down] = [percent(x?.value ?? ""), percent(y?.value ?? "")];
      if (at !== null && down !== null) marks.append(svg("path", { class: "mark", d: `M${at - 2.5} ${down}h5M${at} ${down - 2.5}v5` }));
    }
  };
  image.classList.add("live");
  let last = -1;
  image.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    const empty = points.findIndex(([x, y]) => !x?.value || !y?.value);
    last = empty >= 0 ? empty : (last + 1) % points.length;
    const [x, y] = points[last] ?? [];
    if (!x || !y) return;
    x.value = (((event.clientX - box.left) / box.width) * 100).toFixed(1);
    y.value = (((event.clientY - box.top) / box.height) * 100).toFixed(1);
    draw();
  });
  for (const field of points.flat()) {
    field.addEventListener("input", draw);
    field.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      const [x] = points.find((point) => point.includes(field)) ?? [];
      const along = field === x ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
      if (!step || !along.includes(event.key)) return;
      event.preventDefault();
      // Down the page is a larger number.
      const by = field === x ? step : -step;
      field.value = String(Math.max(0, Math.min(100, Math.round(((percent(field.value) ?? 50) + by) * 10) / 10)));
      draw();
    });
  }
  draw();
}
