import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../src/quiz";
import { percent } from "../src/quizimage";
import { moved } from "../src/quizorder";

test("a form's fields are sent by name, the token for forms is not", () => {
  const fields = fieldsOf([
    ["csrf_token", "secret"],
    ["choice", "a"],
    ["choice", "b"],
    ["unit", "Å"],
  ]);
  assert.deepEqual(fields, { choice: ["a", "b"], unit: ["Å"] });
});

test("an item moves within its list and never out of it", () => {
  const items = ["a", "b", "c"];
  assert.deepEqual(moved(items, 0, 1), ["b", "a", "c"]);
  assert.deepEqual(moved(items, 0, 9), ["b", "c", "a"]);
  assert.deepEqual(moved(items, 2, -5), ["c", "a", "b"]);
  assert.deepEqual(moved(items, 7, 0), items);
  assert.deepEqual(items, ["a", "b", "c"]);
});

test("a coordinate is drawn only where it lies on the image", () => {
  assert.equal(percent(" 42.5 "), 42.5);
  for (const text of ["", "x", "-1", "101", "NaN", "4,5"]) assert.equal(percent(text), null);
});
