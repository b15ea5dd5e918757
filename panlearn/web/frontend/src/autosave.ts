import { call, Problem } from "./api";
import { clock } from "./words";

export const QUIET = 600;

/** How long to wait before try `n` (from 1) after a failure, in milliseconds. */
export const backoff = (n: number): number => Math.min(30_000, 1000 * 2 ** (n - 1));

/** Saves one cell's text as it is typed: when the keys rest, at most one request at a time, again when it failed. */
export class Autosave {
  private pending: string | null = null;
  private sending = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly address: string,
    private readonly show: (text: string, bad: boolean) => void,
  ) {
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    addEventListener("online", () => void this.send());
  }

  /** The text has changed; it is saved when nothing more is typed for a moment. */
  typed(text: string): void {
    this.pending = text;
    this.later(QUIET);
  }

  /** Forgets what was not sent: the text was reset on the server. */
  forget(): void {
    this.pending = null;
    clearTimeout(this.timer);
  }

  /** Saves now, and is done when the server has it. */
  async settle(): Promise<void> {
    clearTimeout(this.timer);
    await this.send();
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), milliseconds);
  }

  private async send(): Promise<void> {
    if (this.pending === null || this.sending) return;
    const text = this.pending;
    this.sending = true;
    try {
      const { saved_at } = await call<{ saved_at: string }>("PUT", this.address, { body: { source: text } });
      this.tries = 0;
      if (this.pending === text) this.pending = null;
      this.show(`Saved ${clock(new Date(saved_at))}`, false);
    } catch (error) {
      this.failed(error);
    } finally {
      this.sending = false;
    }
    if (this.pending !== null && this.tries === 0) this.later(0);
  }

  private failed(error: unknown): void {
    const problem = error instanceof Problem ? error : null;
    // A text that the server refuses will be refused again: it is said, and the next change tries anew.
    if (problem && problem.status >= 400 && problem.status < 500 && problem.status !== 429 && problem.status !== 408) {
      this.pending = null;
      this.show(`Not saved: ${problem.detail || problem.title}`, true);
      return;
    }
    this.tries += 1;
    this.show(problem?.offline ? "Not saved yet: no connection. Trying again." : "Not saved yet. Trying again.", true);
    this.later(problem?.retryAfter ? problem.retryAfter * 1000 : backoff(this.tries));
  }

  /** The page is going: what is left is sent along, and outlives it. */
  private flush(): void {
    if (this.pending === null) return;
    const text = this.pending;
    this.pending = null;
    clearTimeout(this.timer);
    void call("PUT", this.address, { body: { source: text }, keepalive: text.length < 60_000 }).catch(() => {
      this.pending ??= text;
      this.later(QUIET);
    });
  }
}
