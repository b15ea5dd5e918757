import { fragment } from "./ansi";
import { el, glyph } from "./dom";
import { inWords } from "./errors";
import { needsScript, sanitized } from "./html";
import { capped, settle, TEXT_CAP } from "./streams";

/** What a kernel says while a cell runs, as the Jupyter protocol has it. */
export interface KernelMessage {
  type: string;
  content: Record<string, unknown>;
}

type Bundle = Record<string, unknown>;

const MANY = 100;
const PICTURE_CAP = 12_000_000;

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "");

interface Entry {
  node: HTMLElement;
  stream?: { name: string; text: string };
  display?: string;
}

/** Where one cell's outputs show. What was there stays until the first new output, so that nothing jumps. */
export class OutputArea {
  private entries: Entry[] = [];
  private fresh = false;
  private clearNext = false;
  private dropped = 0;
  private due = new Set<Entry>();

  constructor(
    readonly host: HTMLElement,
    private readonly sources: () => string[],
  ) {}

  /** A run begins: the next output replaces what stands here. */
  begin(): void {
    this.fresh = true;
    this.host.classList.add("stale");
  }

  /** A run ended: if it said nothing, what stood here was from before and goes. */
  end(): void {
    if (this.fresh) this.clear();
    this.flush();
  }

  clear(): void {
    this.entries = [];
    this.due.clear();
    this.fresh = false;
    this.clearNext = false;
    this.dropped = 0;
    this.host.classList.remove("stale");
    this.host.replaceChildren();
  }

  /** Shows a ready-made node in place of all outputs. */
  show(node: HTMLElement): void {
    this.clear();
    this.host.append(node);
  }

  /** Adds a node under the outputs. */
  add(node: HTMLElement): void {
    if (this.fresh) this.clear();
    this.host.append(node);
  }

  take({ type, content }: KernelMessage): void {
    if (type === "clear_output") {
      if (content["wait"]) this.clearNext = true;
      else this.clear();
      return;
    }
    if (type === "update_display_data") return;
    const node = this.render(type, content);
    if (!node) return;
    if (this.fresh || this.clearNext) this.clear();
    if (type === "stream" && this.joined(content)) return;
    if (this.entries.length >= MANY) {
      this.leaveOut();
      return;
    }
    const entry: Entry = { node };
    const display = (content["transient"] as Bundle | undefined)?.["display_id"];
    if (typeof display === "string") entry.display = display;
    if (type === "stream") {
      entry.stream = { name: textOf(content["name"]), text: "" };
      this.extend(entry, textOf(content["text"]));
    }
    this.entries.push(entry);
    this.host.append(entry.node);
  }

  /** `update_display`: what was shown under this id, here, is shown anew. */
  update(display: string, content: Record<string, unknown>): void {
    for (const entry of this.entries.filter((one) => one.display === display)) {
      const node = this.render("display_data", content);
      if (!node) continue;
      entry.node.replaceWith(node);
      entry.node = node;
    }
  }

  private joined(content: Record<string, unknown>): boolean {
    const last = this.entries[this.entries.length - 1];
    if (!last?.stream || last.stream.name !== textOf(content["name"])) return false;
    this.extend(last, textOf(content["text"]));
    return true;
  }

  /** Text is gathered and drawn once a frame: a thousand prints are one drawing. */
  private extend(entry: Entry, text: string): void {
    if (!entry.stream) return;
    entry.stream.text += text;
    if (entry.stream.text.length > 4 * TEXT_CAP) entry.stream.text = capped(entry.stream.text, 2 * TEXT_CAP).text;
    if (this.due.size === 0) requestAnimationFrame(() => this.flush());
    this.due.add(entry);
  }

  private flush(): void {
    for (const entry of this.due) if (entry.stream) fillText(entry.node, settle(entry.stream.text));
    this.due.clear();
  }

  private leaveOut(): void {
    this.dropped += 1;
    const note = this.host.querySelector(".cut.more") ?? this.host.appendChild(el("p", { class: "cut more" }));
    note.textContent = `${this.dropped} more outputs are not shown.`;
  }

  private render(type: string, content: Record<string, unknown>): HTMLElement | null {
    if (type === "stream") return el("pre", { class: `stream ${content["name"] === "stderr" ? "stderr" : "stdout"}` });
    if (type === "error") {
      const trace = Array.isArray(content["traceback"]) ? (content["traceback"] as string[]) : [];
      return errorNode(textOf(content["ename"]), textOf(content["evalue"]), trace, this.sources());
    }
    if (type === "display_data" || type === "execute_result") return rich((content["data"] ?? {}) as Bundle, (content["metadata"] ?? {}) as Bundle);
    return null;
  }
}

function fillText(node: HTMLElement, text: string): void {
  const { text: shown, cut } = capped(text);
  node.replaceChildren(fragment(shown.replace(/\n$/, "")));
  if (cut) node.append(el("span", { class: "cut" }, `\n${cut.toLocaleString("en")} signs in the middle are not shown.`));
}

function textNode(text: string, kind = "text"): HTMLElement {
  const node = el("pre", { class: kind });
  fillText(node, text);
  return node;
}

const INTERACTIVE = /^application\/vnd\.(plotly|vega|vegalite|jupyter\.widget-view)\b/;
const NO_SCRIPT = "It moves by a script, which pages here do not run. Download this lesson as a notebook to use it.";

/** What a cell displayed. Of interactive pictures and controls it is a still, or their text, and why they stand still. */
function rich(data: Bundle, metadata: Bundle): HTMLElement | null {
  if (!Object.keys(data).some((kind) => INTERACTIVE.test(kind))) return richest(data, metadata);
  const still = richest({ ...data, "text/html": undefined }, metadata);
  return el("div", {}, ...(still ? [still] : []), el("p", { class: "widget-note" }, NO_SCRIPT));
}

/** The richest form that a page may show, in the order Jupyter gives them. */
function richest(data: Bundle, metadata: Bundle): HTMLElement | null {
  const plain = textOf(data["text/plain"]);
  for (const kind of ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"]) {
    if (data[kind]) return picture(kind, textOf(data[kind]), (metadata[kind] ?? {}) as Bundle, plain);
  }
  const html = textOf(data["text/html"]);
  if (html && !needsScript(html)) return htmlNode(html);
  if (data["text/latex"]) return mathNode(textOf(data["text/latex"]), plain);
  if (data["application/json"] !== undefined) return textNode(JSON.stringify(data["application/json"], null, 2));
  if (data["text/markdown"]) return textNode(textOf(data["text/markdown"]));
  if (html) return el("p", { class: "cut" }, "This output needs a script, which pages here do not run.");
  return plain ? textNode(plain) : null;
}

function picture(kind: string, body: string, metadata: Bundle, plain: string): HTMLElement {
  if (body.length > PICTURE_CAP) return el("p", { class: "cut" }, "This picture is too large to show. Draw it smaller, or with fewer points.");
  const address = kind === "image/svg+xml" ? `data:${kind};charset=utf-8,${encodeURIComponent(body)}` : `data:${kind};base64,${body.replace(/\s/g, "")}`;
  const alt = /^<Figure size/.test(plain) || !plain ? "Figure drawn by this cell" : `Picture: ${plain.slice(0, 120)}`;
  const size = (name: string): number | null => (typeof metadata[name] === "number" ? (metadata[name] as number) : null);
  return el("img", { class: "plot-img", src: address, alt, width: size("width"), height: size("height") });
}

function htmlNode(html: string): HTMLElement {
  if (html.length > 5 * TEXT_CAP) return el("p", { class: "cut" }, "This table is too large to show. Look at a part of it, such as its first rows.");
  const node = el("div", { class: "html-out", tabindex: 0, role: "region", "aria-label": "Table" });
  node.append(sanitized(html));
  if (!node.querySelector("table")) node.setAttribute("aria-label", "Output");
  return node;
}

/** The formula comes when its typesetter has been loaded; until then the text stands there. */
function mathNode(source: string, plain: string): HTMLElement {
  const node = el("div", { class: "math-out" }, plain || source);
  void import("./latex").then(
    ({ render }) => (node.innerHTML = render(source)),
    () => undefined,
  );
  return node;
}

/** An error: its last line in words, the name it may have meant, and the traceback folded. */
export function errorNode(name: string, value: string, traceback: readonly string[], sources: readonly string[]): HTMLElement {
  const words = inWords(name, value, traceback, sources);
  const node = el("div", { class: "error" }, el("p", { class: "bad" }, glyph("cross"), ` ${words.sentence}`));
  if (words.suggestion) node.append(el("p", {}, "Did you mean ", el("code", {}, words.suggestion), "?"));
  if (words.traceback) {
    const body = el("pre", { tabindex: 0 });
    fillText(body, words.traceback);
    node.append(el("details", {}, el("summary", {}, "Full traceback"), body));
  }
  return node;
}
