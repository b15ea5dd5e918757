import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Problem } from "../src/api";
import { newKey, passing, patience, send, waitingWords } from "../src/sending";
import type { Submission } from "../src/types";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

const queued = (position: number | null, seconds: number | null): Submission => ({ position, seconds }) as Submission;

/** Answers one request after the other: `null` is a network that is away. */
function answers(...statuses: (number | null)[]): string[] {
  const keys: string[] = [];
  globalThis.fetch = ((_path: string, options: RequestInit) => {
    keys.push((options.headers as Record<string, string>)["Idempotency-Key"] ?? "");
    const status = statuses.shift() ?? null;
    if (status === null) return Promise.reject(new TypeError("away"));
    return Promise.resolve(new Response(JSON.stringify({ id: "a" }), { status }));
  }) as typeof fetch;
  return keys;
}

const waited: number[] = [];
const wait = (milliseconds: number): Promise<void> => {
  waited.push(milliseconds);
  return Promise.resolve();
};

test("an answer is sent again with its key until the site says that it is kept", async () => {
  const keys = answers(null, 503, 201);
  assert.equal((await send("waves", "first", "x = 1", wait)).id, "a");
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(waited.splice(0), [500, 1000]);
});

test("what the site refuses is not sent again", async () => {
  const keys = answers(429, 201);
  await assert.rejects(send("waves", "first", "x = 1", wait), (error: unknown) => error instanceof Problem && error.status === 429);
  assert.equal(keys.length, 1);
});

test("a site that stays away is said to be so", async () => {
  answers();
  await assert.rejects(send("waves", "first", "x = 1", wait), (error: unknown) => error instanceof Problem && error.offline);
});

test("every answer has a key of its own", () => {
  assert.notEqual(newKey(), newKey());
  assert.match(newKey(), /^[0-9a-f]{32}$/);
});

test("only what passes by itself is asked again, with growing patience", () => {
  assert.deepEqual([0, 503, 400, 404, 429, 500].map((status) => passing(new Problem(status, "", "", "", null))), [true, true, false, false, false, false]);
  assert.deepEqual([0, 1, 5].map(patience), [500, 1000, 5000]);
});

test("who waits is told the place and about how long", () => {
  assert.equal(waitingWords(queued(3, 4), 2000), "Your answer is saved. It is 3rd in line, about 4 s.");
  assert.equal(waitingWords(queued(null, null), 2000), "Your answer is saved. It is being graded.");
  assert.match(waitingWords(queued(3, 4), 20_000), /You can go on reading/);
});
