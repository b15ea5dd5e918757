import type { EditorView } from "@codemirror/view";
import { el } from "./dom";

type EditorModule = typeof import("./editor");

let loading: Promise<EditorModule> | null = null;
const editor = (): Promise<EditorModule> => (loading ??= import("./editor"));

export interface TextActions {
  name: string;
  run: () => void;
  check: () => void;
}

const near = new Map<Element, () => void>();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) near.get(entry.target)?.();
  },
  { rootMargin: "600px 0px" },
);

/** Once the page is quiet the rest follows, one at a time, so that every text can be found and edited. */
function mountRest(): void {
  const [next] = near.values();
  if (!next) return;
  next();
  whenQuiet(mountRest);
}

const whenQuiet = (task: () => void): void => {
  if ("requestIdleCallback" in window) requestIdleCallback(task, { timeout: 3000 });
  else setTimeout(task, 200);
};
addEventListener("load", () => setTimeout(() => whenQuiet(mountRest), 800));

/** A cell's text: the page's own `<pre>` at first, an editor once the reader comes near. The text is here from the start. */
export class CellText {
  private view: EditorView | null = null;
  private module: EditorModule | null = null;
  private mounting: Promise<void> | null = null;
  private readonly after: HTMLElement;
  private readonly listeners: ((text: string) => void)[] = [];

  constructor(
    private readonly host: HTMLElement,
    private current: string,
    shown: string,
    private readonly actions: TextActions,
  ) {
    this.after = el("span", { class: "after vh", tabindex: -1 }, `Left the editor of ${actions.name}`);
    host.append(this.after);
    if (shown !== current) this.showPlain();
    near.set(host, () => void this.mount());
    watcher.observe(host);
    host.addEventListener("focusin", (event) => {
      if ((event.target as Element).closest("pre")) void this.mount(true);
    });
  }

  get text(): string {
    return this.current;
  }

  set text(text: string) {
    if (text === this.current) return;
    this.current = text;
    if (this.view && this.module) this.module.replace(this.view, text);
    else this.showPlain();
  }

  changed(listener: (text: string) => void): void {
    this.listeners.push(listener);
  }

  async focus(): Promise<void> {
    await this.mount();
    this.view?.focus();
  }

  private showPlain(): void {
    const code = this.host.querySelector("pre > code");
    if (code) code.textContent = this.current;
  }

  private mount(focus = false): Promise<void> {
    this.mounting ??= this.build();
    return this.mounting.then(() => {
      if (focus && !this.host.contains(document.activeElement?.closest(".cm-editor") ?? null)) this.view?.focus();
    });
  }

  private async build(): Promise<void> {
    watcher.unobserve(this.host);
    near.delete(this.host);
    this.module = await editor();
    const pre = this.host.querySelector("pre");
    const frame = el("div", { class: "cm-host" });
    this.view = this.module.mount(frame, this.current, {
      label: `Code of ${this.actions.name}. Escape, then Tab, leaves the editor.`,
      changed: (text) => this.typed(text),
      run: this.actions.run,
      check: this.actions.check,
      leave: () => this.after.focus(),
    });
    const focused = pre?.contains(document.activeElement) || document.activeElement === pre;
    if (pre) pre.replaceWith(frame);
    else this.host.prepend(frame);
    if (focused) this.view.focus();
  }

  private typed(text: string): void {
    if (text === this.current) return;
    this.current = text;
    for (const listener of this.listeners) listener(text);
  }
}
