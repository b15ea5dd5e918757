declare module "katex" {
  interface Options {
    displayMode?: boolean;
    throwOnError?: boolean;
    trust?: boolean;
    maxExpand?: number;
    maxSize?: number;
  }
  const katex: { renderToString(source: string, options?: Options): string };
  export default katex;
}
