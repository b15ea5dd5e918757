import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../src/autosave";
import { inLine } from "../src/kernelpill";
import { count, duration, moment, nthTry, ordinal, points } from "../src/words";

test("numbers agree with their nouns", () => {
  assert.equal(count(1, "point"), "1 point");
  assert.equal(count(3, "try", "tries"), "3 tries");
});

test("points lose no half and show no noise", () => {
  assert.equal(points(1.5), "1.5");
  assert.equal(points(0.1 + 0.2), "0.3");
  assert.equal(points(2), "2");
});

test("durations are read, not computed", () => {
  assert.equal(duration(0.142), "0.14 s");
  assert.equal(duration(2.06), "2.1 s");
  assert.equal(duration(65), "1 min 5 s");
});

test("tries have names, then numbers", () => {
  assert.equal(nthTry(2), "Second try");
  assert.equal(nthTry(12), "12th try");
});

test("saving again waits longer each time, half a minute at most", () => {
  assert.deepEqual([1, 2, 3, 10].map(backoff), [1000, 2000, 4000, 30_000]);
});

test("a moment says no more of its date than is needed", () => {
  const now = new Date(2026, 10, 23, 18, 0);
  assert.equal(moment(new Date(2026, 10, 23, 9, 5), now), "09:05");
  assert.equal(moment(new Date(2026, 10, 22, 9, 5), now), "22 Nov 09:05");
  assert.equal(moment(new Date(2025, 0, 2, 23, 59), now), "2 Jan 2025 23:59");
});

test("places in line are ordinals", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
});

test("a place in line says its seconds only where they are known", () => {
  assert.equal(inLine(3, null), "3rd in line");
  assert.equal(inLine(1, 41.6), "1st in line, about 42 s");
  assert.equal(inLine(2, 170), "2nd in line, about 3 min");
});
