import assert from "node:assert/strict";
import { test } from "node:test";
import { capped, settle } from "../src/streams";

test("a carriage return writes over its line", () => {
  assert.equal(settle("step 1\rstep 2\rstep 3\ndone"), "step 3\ndone");
});

test("what a shorter text does not reach stays, as in a terminal", () => {
  assert.equal(settle("12345\rab"), "ab345");
});

test("the end of a line may be \\r\\n", () => {
  assert.equal(settle("a\r\nb\r\n"), "a\nb\n");
});

test("a backspace goes one sign back", () => {
  assert.equal(settle("ab\bc"), "ac");
});

test("a colour stays with the sign it stands before", () => {
  assert.equal(settle("\u001b[31mab\rxy"), "xy");
  assert.equal(settle("ab\r\u001b[31mxy"), "\u001b[31mxy");
});

test("signs beyond the first plane are one sign", () => {
  assert.equal(settle("😀b\rx"), "xb");
});

test("a text over the cap keeps its beginning and its end", () => {
  const { text, cut } = capped("a".repeat(60) + "b".repeat(60), 20);
  assert.equal(text, `${"a".repeat(10)}\n⋯\n${"b".repeat(10)}`);
  assert.equal(cut, 100);
  assert.deepEqual(capped("short", 20), { text: "short", cut: 0 });
});
