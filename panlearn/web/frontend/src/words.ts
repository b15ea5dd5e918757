/** Numbers and times as people read them. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const points = (x: number): string => String(Math.round(x * 100) / 100);

export function clock(moment: Date): string {
  return `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 14:09 today, 22 Nov 14:09 this year, 22 Nov 2025 14:09 before. */
export function moment(then: Date, now = new Date()): string {
  if (then.toDateString() === now.toDateString()) return clock(then);
  const year = then.getFullYear() === now.getFullYear() ? "" : ` ${then.getFullYear()}`;
  return `${then.getDate()} ${MONTHS[then.getMonth()]}${year} ${clock(then)}`;
}

/** 0.14 s, 2.1 s, 1 min 5 s. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const ORDINALS = ["", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth"];

export const nthTry = (n: number): string => `${ORDINALS[n] ?? `${n}th`} try`;

/** 1st, 2nd, 3rd, 11th, 22nd. */
export function ordinal(n: number): string {
  const end = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}
