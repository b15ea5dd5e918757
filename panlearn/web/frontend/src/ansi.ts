/** A run of text of one look; `classes` are `ansi-…`. */
export interface Span {
  text: string;
  classes: string[];
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

interface Look {
  foreground: string;
  background: string;
  bold: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: Look = { foreground: "", background: "", bold: false, italic: false, underline: false };

/** The basic colour nearest to one of the 256. */
function of256(n: number): string {
  if (n < 8) return COLOURS[n] ?? "";
  if (n < 16) return `${COLOURS[n - 8] ?? ""}-intense`;
  if (n >= 232) return n < 244 ? "black-intense" : "white";
  const cube = n - 16;
  return ofRgb(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51);
}

function ofRgb(red: number, green: number, blue: number): string {
  const bits = (red > 127 ? 1 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 4 : 0);
  return COLOURS[bits] ?? "";
}

function colourOf(codes: number[]): string {
  const kind = codes.shift();
  if (kind === 5) return of256(codes.shift() ?? 0);
  if (kind === 2) return ofRgb(codes.shift() ?? 0, codes.shift() ?? 0, codes.shift() ?? 0);
  return "";
}

function apply(look: Look, parameters: string): Look {
  const codes = parameters === "" ? [0] : parameters.split(/[;:]/).map(Number);
  let next = { ...look };
  while (codes.length > 0) {
    const code = codes.shift() ?? 0;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code >= 30 && code <= 37) next.foreground = COLOURS[code - 30] ?? "";
    else if (code === 38) next.foreground = colourOf(codes);
    else if (code === 39) next.foreground = "";
    else if (code >= 40 && code <= 47) next.background = COLOURS[code - 40] ?? "";
    else if (code === 48) next.background = colourOf(codes);
    else if (code === 49) next.background = "";
    else if (code >= 90 && code <= 97) next.foreground = `${COLOURS[code - 90] ?? ""}-intense`;
    else if (code >= 100 && code <= 107) next.background = `${COLOURS[code - 100] ?? ""}-intense`;
  }
  return next;
}

function classesOf(look: Look): string[] {
  const classes: string[] = [];
  if (look.foreground) classes.push(`ansi-${look.foreground}-fg`);
  if (look.background) classes.push(`ansi-${look.background}-bg`);
  if (look.bold) classes.push("ansi-bold");
  if (look.italic) classes.push("ansi-italic");
  if (look.underline) classes.push("ansi-underline");
  return classes;
}

// Colour (CSI … m), every other control sequence, and operating-system commands (titles, links).
const SEQUENCE = /\u001b\[([0-9;:]*)m|\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

/** Text with terminal colours as runs of text with classes; other control sequences are dropped. */
export function spans(text: string): Span[] {
  const found: Span[] = [];
  let look = PLAIN;
  let from = 0;
  const push = (part: string): void => {
    if (!part) return;
    const classes = classesOf(look);
    const last = found[found.length - 1];
    if (last && last.classes.join() === classes.join()) last.text += part;
    else found.push({ text: part, classes });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(text.slice(from, match.index));
    if (match[1] !== undefined) look = apply(look, match[1]);
    from = match.index + match[0].length;
  }
  push(text.slice(from));
  return found;
}

export const stripped = (text: string): string => spans(text).map((span) => span.text).join("");

/** The same as nodes: plain text, and spans where there is a look. */
export function fragment(text: string): DocumentFragment {
  const nodes = document.createDocumentFragment();
  for (const { text: part, classes } of spans(text)) {
    if (classes.length === 0) {
      nodes.append(part);
      continue;
    }
    const span = document.createElement("span");
    span.className = classes.join(" ");
    span.textContent = part;
    nodes.append(span);
  }
  return nodes;
}
