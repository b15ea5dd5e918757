import assert from "node:assert/strict";
import { test } from "node:test";
import { arcOf } from "../src/ring";

test("arcs begin at the top and share the circle", () => {
  const first = arcOf(0, 4, 38, false);
  const second = arcOf(1, 4, 38, false);
  assert.ok(Math.abs(first.from + 90 - 10.3 / 2) < 1e-9);
  assert.ok(Math.abs(second.from - first.from - 90) < 1e-9);
  assert.ok(Math.abs((first.dashes[0] ?? 0) - (90 - 10.3)) < 1e-9);
});

test("the dashes of a failed arc fill it exactly", () => {
  for (const total of [1, 3, 8, 24]) {
    const { dashes } = arcOf(0, total, 12.5, true);
    const whole = arcOf(0, total, 12.5, false).dashes[0] ?? 0;
    assert.equal(dashes.length % 2, 0);
    assert.equal(dashes[dashes.length - 1], 360);
    const drawn = dashes.slice(0, -1).reduce((sum, part) => sum + part, 0);
    assert.ok(Math.abs(drawn - whole) < 1e-9, `${total}`);
  }
});

test("one exercise is a whole circle", () => {
  assert.deepEqual(arcOf(0, 1, 7, false), { from: -90, dashes: [360, 360] });
});
