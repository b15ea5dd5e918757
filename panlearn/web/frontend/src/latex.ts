import katex from "katex";

const WRAPPED = /^(?:\$\$([^]*)\$\$|\$([^]*)\$|\\\[([^]*)\\\]|\\\(([^]*)\\\))$/;

/** LaTeX, with or without its dollar signs, as finished HTML; what is no LaTeX is shown as it is, marked. */
export function render(source: string): string {
  const body = source.trim();
  const inner = WRAPPED.exec(body)?.slice(1).find((part) => part !== undefined) ?? body;
  return katex.renderToString(inner, { displayMode: true, throwOnError: false, trust: false, maxExpand: 500, maxSize: 20 });
}
