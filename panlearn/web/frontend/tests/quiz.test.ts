import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../src/quiz";
import { percent } from "../src/quizimage";
import { moved } from "../src/quizorder";
import { draftOf, wordsIn } from "../src/quizwritten";

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

test("words are counted between spaces, as the server counts them", () => {
  assert.equal(wordsIn("  one\ttwo\n\nthree – four  "), 5);
  assert.equal(wordsIn(" \n"), 0);
});

test("a draft comes back only onto the text that it began from", () => {
  const kept = JSON.stringify({ from: "a", text: "a and more" });
  assert.equal(draftOf(kept, "a"), "a and more");
  assert.equal(draftOf(kept, "a and more"), null);
  for (const broken of [null, "", "{", "3", "[]", JSON.stringify({ from: "a" }), JSON.stringify({ from: "a", text: 3 })]) assert.equal(draftOf(broken, "a"), null);
});
