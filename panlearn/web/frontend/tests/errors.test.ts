import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, lineOf } from "../src/errors";

const NAME_ERROR = [
  "\u001b[31m---------------------------------------------------------------------------\u001b[39m",
  "\u001b[31mNameError\u001b[39m                                 Traceback (most recent call last)",
  "\u001b[36mCell\u001b[39m\u001b[36m \u001b[39m\u001b[32mIn[3]\u001b[39m\u001b[32m, line 2\u001b[39m\n      1 wavelength = 1\n----> 2 wavelenght\n",
  "NameError: name 'wavelenght' is not defined",
];

test("a misspelt name is said in words, with its line and the name it may have meant", () => {
  const words = inWords("NameError", "name 'wavelenght' is not defined", NAME_ERROR, ["wavelength = 1\nwavelenght"]);
  assert.equal(words.sentence, "NameError: “wavelenght” is not defined, line 2");
  assert.equal(words.suggestion, "wavelength");
  assert.match(words.traceback, /Traceback/);
});

test("the line is the learner's own, also where a library raised", () => {
  const trace =
    "ValueError  Traceback\nCell In[2], line 4\n      3 x = 1\n----> 4 np.zeros(-1)\n\nFile /usr/lib/numpy/core.py:99, in zeros(n)\n     98 def zeros(n):\n---> 99     raise ValueError\n";
  assert.equal(lineOf(trace), 4);
});

test("the innermost of the learner's frames counts", () => {
  const trace = "Cell In[2], line 9\n----> 9 f()\n\nCell In[1], line 2, in f()\n----> 2 1 / 0\n";
  assert.equal(lineOf(trace), 2);
});

test("a syntax error's own line is not said twice", () => {
  const words = inWords("SyntaxError", "invalid syntax (cell.py, line 3)", ["  Cell In[1], line 3\n    x ="], []);
  assert.equal(words.sentence, "SyntaxError: invalid syntax (cell.py, line 3)");
});

test("a missing module names the environment, not the reader", () => {
  const words = inWords("ModuleNotFoundError", "No module named 'torch'", [], []);
  assert.equal(words.sentence, "ModuleNotFoundError: “torch” is not installed in this lesson’s environment");
});

test("what Python itself suggests is passed on", () => {
  const words = inWords("AttributeError", "module 'numpy' has no attribute 'arcsn'. Did you mean: 'arcsin'?", [], []);
  assert.equal(words.suggestion, "arcsin");
  assert.equal(words.sentence, "AttributeError: module 'numpy' has no attribute 'arcsn'");
});

test("a stop that was asked for is no error", () => {
  assert.equal(inWords("KeyboardInterrupt", "", [], []).sentence, "Stopped, as you asked");
});
