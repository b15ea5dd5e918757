import { call, paths, Problem } from "./api";
import { pause } from "./dom";
import { inLine } from "./kernelpill";
import type { Submission } from "./types";

const TRIES = 6;
const LATE = 10_000;

/** A new key for an answer: with the same one it is kept once, however often it is sent. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether it may help to ask again: the network or the site was away for a moment. */
export const passing = (error: unknown): boolean => error instanceof Problem && (error.offline || error.status === 503);

/** How long to wait before asking again, in milliseconds. */
export const patience = (tried: number): number => Math.min(5000, 500 * 2 ** tried);

async function insist<T>(ask: () => Promise<T>, wait: (milliseconds: number) => Promise<unknown>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!passing(error) || tried + 1 >= TRIES) throw error;
      await wait(patience(tried));
    }
  }
}

/** Sends an answer until the site says that it is kept. */
export function send(course: string, exercise: string, source: string, wait = pause): Promise<Submission> {
  const options = { body: { source }, headers: { "Idempotency-Key": newKey() } };
  return insist(() => call<Submission>("POST", paths.submissions(course, exercise), options), wait);
}

/** The submission as it stands now. */
export function look(id: string, wait = pause): Promise<Submission> {
  return insist(() => call<Submission>("GET", paths.submission(id)), wait);
}

/** What to say to somebody who has been waiting this long. */
export function waitingWords(submission: Submission, milliseconds: number): string {
  const place = submission.position ? `It is ${inLine(submission.position, submission.seconds)}.` : "It is being graded.";
  const late = milliseconds > LATE ? " You can go on reading: the result waits here." : "";
  return `Your answer is saved. ${place}${late}`;
}
