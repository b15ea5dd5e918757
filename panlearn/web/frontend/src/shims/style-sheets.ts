import { StyleModule as Original } from "style-mod";

/** One constructed sheet per document: a `<style>` element would need a nonce under `style-src 'self'`, this needs none. */
const sheets = new WeakMap<Document | ShadowRoot, { sheet: CSSStyleSheet; modules: Original[] }>();

/** CodeMirror's `style-mod`, mounting into a constructed style sheet. The order of modules is the order of their rules. */
export class StyleModule extends Original {
  static override mount(root: Document | ShadowRoot, modules: Original | readonly Original[]): void {
    let held = sheets.get(root);
    if (!held) {
      held = { sheet: new CSSStyleSheet(), modules: [] };
      sheets.set(root, held);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, held.sheet];
    }
    const wanted = Array.isArray(modules) ? (modules as readonly Original[]) : [modules as Original];
    const missing = wanted.filter((module) => !held.modules.includes(module));
    if (missing.length === 0) return;
    // Later editors may bring new modules: those given now keep their order after the ones already there.
    held.modules = [...held.modules, ...missing];
    held.sheet.replaceSync(held.modules.map((module) => module.getRules()).join("\n"));
  }
}
