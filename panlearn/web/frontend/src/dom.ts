type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** An element with attributes (`onclick` and the like take functions) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(tag: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const GLYPHS: Record<string, string> = {
  tick: "m3 8.5 3.5 3.5L13 4.5",
  cross: "m4 4 8 8M12 4l-8 8",
  lock: "M4 7.5h8v6H4ZM5.5 7.5V5.5a2.500 2.500 0 0 1 5 0v2",
  warn: "M8 2.5 14.5 13.5h-13ZM8 6.5v3M8 11.6v.1",
};

/** A small drawn sign; `dot` and `wait` are circles. */
export function glyph(name: "tick" | "cross" | "lock" | "warn" | "dot" | "wait"): SVGElement {
  const shape =
    name === "dot"
      ? svg("circle", { class: "f", cx: 8, cy: 8, r: 3 })
      : name === "wait"
        ? svg("circle", { cx: 8, cy: 8, r: 5.5, "stroke-dasharray": "2 3" })
        : svg("path", { d: GLYPHS[name] ?? "" });
  return svg("svg", { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, shape);
}

export function bulb(): SVGElement {
  return svg("svg", { class: "icon", viewBox: "0 0 18 18", "aria-hidden": "true" }, svg("path", { d: "M9 2a5 5 0 0 0-3 9v2h6v-2a5 5 0 0 0-3-9ZM7 16h4" }));
}

export function playIcon(stop = false): SVGElement {
  const shape = stop ? svg("rect", { x: 2, y: 2, width: 10, height: 10, rx: 1 }) : svg("path", { d: "M2 1v12l10-6Z" });
  return svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, shape);
}

/** Words with `code` between backticks, as nodes. */
export function marked(text: string): Node[] {
  return text
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 ? el("code", {}, part) : document.createTextNode(part)))
    .filter((node) => node.textContent);
}

/** Waits for this many milliseconds. */
export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
