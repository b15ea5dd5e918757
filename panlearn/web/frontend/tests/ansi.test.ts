import assert from "node:assert/strict";
import { test } from "node:test";
import { spans, stripped } from "../src/ansi";

test("plain text is one run without a look", () => {
  assert.deepEqual(spans("hello"), [{ text: "hello", classes: [] }]);
});

test("colours and weights become classes, and a reset ends them", () => {
  assert.deepEqual(spans("\u001b[1;31mred\u001b[0m plain"), [
    { text: "red", classes: ["ansi-red-fg", "ansi-bold"] },
    { text: " plain", classes: [] },
  ]);
});

test("an empty sequence is a reset", () => {
  assert.deepEqual(spans("\u001b[4mline\u001b[m no"), [
    { text: "line", classes: ["ansi-underline"] },
    { text: " no", classes: [] },
  ]);
});

test("256 and true colours take the nearest of ours and eat their arguments", () => {
  assert.deepEqual(spans("\u001b[38;5;196mred\u001b[38;2;0;200;0;1mgreen"), [
    { text: "red", classes: ["ansi-red-fg"] },
    { text: "green", classes: ["ansi-green-fg", "ansi-bold"] },
  ]);
});

test("cursor moves, titles and links leave no trace", () => {
  assert.equal(stripped("a\u001b[2Kb\u001b[1;1Hc\u001b]0;title\u0007d\u001b]8;;http://x\u001b\\e"), "abcde");
});

test("runs of one look are one", () => {
  assert.equal(spans("\u001b[31ma\u001b[31mb").length, 1);
});
