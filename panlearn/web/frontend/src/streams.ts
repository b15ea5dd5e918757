/** What a terminal would show of a line: a carriage return goes back to its start, a backspace one sign back. */
function settleLine(line: string): string {
  if (!line.includes("\r") && !line.includes("\b")) return line;
  const shown: string[] = [];
  let at = 0;
  // Colour sequences take no room; they stay with the sign that follows.
  for (const sign of line.match(/(?:\u001b\[[0-9;:]*m)*[^]?/gu) ?? []) {
    const bare = sign.replace(/\u001b\[[0-9;:]*m/g, "");
    if (bare === "\r") at = 0;
    else if (bare === "\b") at = Math.max(0, at - 1);
    else if (sign) shown[at++] = sign;
  }
  return shown.join("");
}

/** Carriage returns and backspaces worked out, line by line, so that a progress bar is one line. `\r\n` is a line's end. */
export function settle(text: string): string {
  if (!text.includes("\r") && !text.includes("\b")) return text;
  return text.replaceAll("\r\n", "\n").split("\n").map(settleLine).join("\n");
}

export const TEXT_CAP = 200_000;

/** At most `cap` signs: the beginning and the end, with what was left out said between. */
export function capped(text: string, cap = TEXT_CAP): { text: string; cut: number } {
  if (text.length <= cap) return { text, cut: 0 };
  const head = Math.floor(cap / 2);
  return { text: `${text.slice(0, head)}\n⋯\n${text.slice(-head)}`, cut: text.length - 2 * head };
}
