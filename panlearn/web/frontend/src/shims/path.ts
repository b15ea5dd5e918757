/** The three functions of Node's `path` that `@jupyterlab/coreutils` asks for, on forward slashes. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

export const posix = {
  join: (...parts: string[]): string => normalize(parts.filter(Boolean).join("/")) || ".",
  normalize,
  basename: (path: string, end = ""): string => {
    const name = path.split("/").pop() ?? "";
    return end && name.endsWith(end) ? name.slice(0, -end.length) : name;
  },
  dirname: (path: string): string => path.split("/").slice(0, -1).join("/") || (path.startsWith("/") ? "/" : "."),
  extname: (path: string): string => /\.[^./]*$/.exec(path)?.[0] ?? "",
  resolve: (...parts: string[]): string => normalize(`/${parts.join("/")}`),
  relative: (_from: string, to: string): string => to,
  isAbsolute: (path: string): boolean => path.startsWith("/"),
  sep: "/",
};
export const { join, basename, dirname, extname, resolve, relative, isAbsolute, sep } = posix;
export { normalize };
export default { ...posix, posix };
