import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, outside } from "../src/curve";
import { linear, steps, tick } from "../src/scales";
import type { Curve } from "../src/types";

const curve = (yours: (number | null)[]): Curve => ({
  x: [6, 9, 12, 15],
  yours,
  low: [9, 9, 9, 9],
  high: [11, 11, 11, 11],
  residual: yours.map((value) => (value === null ? null : value - 10)),
  x_label: "photon energy (keV)",
  y_label: "2θ (degrees)",
});

test("axes carry round numbers inside their bounds", () => {
  assert.deepEqual(steps([0, 10], 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(steps([-0.31, 0.42], 3).map((value) => Number(value.toFixed(6))), [0]);
  assert.deepEqual(steps([12.2, 12.9], 4).map((value) => Number(value.toFixed(6))), [12.2, 12.4, 12.6, 12.8]);
});

test("numbers have a true minus and no noise", () => {
  assert.equal(tick(-0.72), "−0.72");
  assert.equal(tick(0.1 + 0.2), "0.3");
  assert.equal(tick(1.5e-7), "1.5 × 10⁻⁷");
  assert.equal(tick(2e8), "2 × 10⁸");
  assert.equal(tick(0), "0");
});

test("a scale maps its bounds onto its places", () => {
  const scale = linear([2, 4], [100, 0]);
  assert.equal(scale.at(2), 100);
  assert.equal(scale.at(3), 50);
});

test("the words say where a curve leaves its band and where it is furthest", () => {
  const words = inWords(curve([7, 8.5, 10, 10]));
  assert.match(words, /outside the band at 2 of 4 points, below 9\u00a0keV/);
  assert.match(words, /largest at 6\u00a0keV: −3\u00a0degrees/);
});

test("a value that is none is outside", () => {
  assert.deepEqual(outside(curve([10, Number.NaN, 10, 10])), [1]);
});

test("a value that was no number on the server is outside, and the words speak of the others", () => {
  assert.deepEqual(outside(curve([null, 10, 12, 10])), [0, 2]);
  assert.match(inWords(curve([null, 10, 12, 10])), /largest at 12\u00a0keV: 2\u00a0degrees/);
});

test("a curve inside its band is said to be inside", () => {
  assert.match(inWords(curve([10, 10, 10.5, 10])), /lies inside the accepted band/);
});
