/** Names every Python program can use. */
const BUILTINS =
  "abs all any bool bytes callable chr complex dict dir divmod enumerate filter float format frozenset getattr hasattr hash help hex id input int isinstance iter len list map max min next object open ord pow print property range repr reversed round set setattr slice sorted str sum super tuple type vars zip True False None".split(
    " ",
  );

/** Edits (insert, drop, replace, swap of neighbours) from one word to another; more than `limit` is `limit + 1`. */
export function distance(a: string, b: string, limit = 3): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return Math.min(rows[a.length]?.[b.length] ?? 0, limit + 1);
}

/** Names that Python source binds: assignments, imports, functions, classes, arguments, loops. */
export function namesIn(source: string): Set<string> {
  const names = new Set<string>();
  const code = source.replace(/#[^\n]*/g, "").replace(/("""|''')[^]*?\1/g, "").replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, "");
  const word = /[A-Za-z_]\w*/g;
  const add = (text: string | undefined): void => {
    for (const match of (text ?? "").matchAll(word)) names.add(match[0]);
  };
  for (const match of code.matchAll(/^[ \t]*((?:[A-Za-z_]\w*)(?:\s*,\s*[A-Za-z_]\w*)*)\s*(?::[^=\n]+)?(?:[-+*/%&|^]|\/\/|\*\*)?=(?!=)/gm)) add(match[1]);
  for (const match of code.matchAll(/\b(?:def|class)\s+([A-Za-z_]\w*)/g)) add(match[1]);
  for (const match of code.matchAll(/\bdef\s+\w+\s*\(([^)]*)\)/g)) for (const argument of (match[1] ?? "").split(",")) add(/^\s*\**([A-Za-z_]\w*)/.exec(argument)?.[1]);
  for (const match of code.matchAll(/\bfor\s+(.+?)\s+in\b/g)) add(match[1]);
  for (const match of code.matchAll(/\bas\s+([A-Za-z_]\w*)/g)) add(match[1]);
  for (const match of code.matchAll(/^\s*import\s+([^\n]+)/gm)) {
    for (const part of (match[1] ?? "").split(",")) if (!/\bas\b/.test(part)) add(/^\s*([A-Za-z_]\w*)/.exec(part)?.[1]);
  }
  for (const match of code.matchAll(/^\s*from\s+\S+\s+import\s+\(?([^)\n]+)/gm)) {
    for (const part of (match[1] ?? "").split(",")) if (!/\bas\b/.test(part)) add(/^\s*([A-Za-z_]\w*)/.exec(part)?.[1]);
  }
  return names;
}

/** The known name nearest to a misspelt one, or null if none is near. */
export function nearest(wrong: string, known: Iterable<string>): string | null {
  const limit = wrong.length <= 3 ? 1 : wrong.length <= 6 ? 2 : 3;
  let best: string | null = null;
  let least = limit + 1;
  for (const name of [...known, ...BUILTINS]) {
    if (name === wrong) continue;
    const far = name.toLowerCase() === wrong.toLowerCase() ? 0.5 : distance(wrong, name, limit);
    if (far < least) [best, least] = [name, far];
  }
  return best;
}
