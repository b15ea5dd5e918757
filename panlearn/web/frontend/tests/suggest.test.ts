import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, namesIn, nearest } from "../src/suggest";

test("distance counts edits, a swap of neighbours as one", () => {
  assert.equal(distance("wavelenght", "wavelength"), 1);
  assert.equal(distance("thta", "theta"), 1);
  assert.equal(distance("abc", "xyz"), 3);
});

test("a far word is just over the limit", () => {
  assert.equal(distance("a", "abcdefgh", 2), 3);
});

test("names are found where Python binds them", () => {
  const names = namesIn(
    `import numpy as np, os.path\nfrom scipy.signal import find_peaks as fp, peak_widths\na, b = 1, 2\ncount: int = 3\ntotal += 1\ndef angle(d, *rest, wavelength=1.5, **more):\n    inner = d\nfor i, x in enumerate([]): pass\nwith open("f") as file: pass\nclass Crystal: pass\n`,
  );
  for (const name of ["np", "os", "fp", "peak_widths", "a", "b", "count", "total", "angle", "d", "rest", "wavelength", "more", "inner", "i", "x", "file", "Crystal"]) {
    assert.ok(names.has(name), name);
  }
  assert.ok(!names.has("find_peaks"));
});

test("names in strings, comments and comparisons are no names", () => {
  const names = namesIn(`# ghost = 1\ns = "phantom = 2"\nif spook == 3: pass\n"""\nspectre = 4\n"""`);
  for (const name of ["ghost", "phantom", "spook", "spectre"]) assert.ok(!names.has(name), name);
});

test("the nearest name is offered, and none when none is near", () => {
  assert.equal(nearest("wavelenght", ["wavelength", "width"]), "wavelength");
  assert.equal(nearest("pirnt", []), "print");
  assert.equal(nearest("D", ["d", "x"]), "d");
  assert.equal(nearest("zzzzz", ["wavelength"]), null);
});
