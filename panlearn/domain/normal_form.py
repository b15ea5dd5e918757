"""The normal form of an answer: equal for answers that differ in spacing, comments and names of their own only.

An answer that parses is compared by its syntax tree, one that does not by its tokens.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Collection, Iterator

MOST_CHARACTERS = 8_000
"""Longer answers are compared by their tokens: a tree of a hostile text may be deep, its tokens are only many."""

_BLANK = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER})
_SHAPE = {tokenize.NEWLINE: ";", tokenize.INDENT: "{", tokenize.DEDENT: "}"}
_NEWLINE = re.compile(r"\r\n|\r|\n")
_Scope = dict[str, str]


def normal_form(source: str, keep: Collection[str] = ()) -> str:
    """A text that is the same for answers that are the same. `keep`: the names that the exercise asks for."""
    if len(source) <= MOST_CHARACTERS:
        try:
            return ast.dump(_Renamed(frozenset(keep)).visit(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return " ".join(_SHAPE.get(token.type, token.string) for token in _tokens(source) if token.type not in _BLANK)


def without_comments(source: str) -> str:
    """The answer as it was typed, but for its comments and the lines that hold nothing else."""
    lines: list[str | None] = [*_NEWLINE.split(source.strip())]
    for token in _tokens(source.strip()):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = (lines[row - 1] or "")[:column].rstrip() or None
    return "\n".join(line for line in lines if line is not None)


def quiz_form(source: str) -> str:
    """An answer to a quiz as lines of field and value, whatever variant its learner had."""
    try:
        answer = json.loads(source)["answer"]
        return "\n".join(f"{field}: {', '.join(map(str, values))}" for field, values in sorted(answer.items()))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return source


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first place that cannot be read."""
    lines = io.StringIO("\n".join(_NEWLINE.split(source)))
    try:
        yield from tokenize.generate_tokens(lines.readline)
    except (tokenize.TokenError, SyntaxError):
        return


class _Renamed(ast.NodeTransformer):
    """Numbers the names that each scope of an answer binds itself, and leaves docstrings out."""

    def __init__(self, keep: frozenset[str]) -> None:
        self._keep = keep
        self._scopes: list[_Scope] = []

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._name(node.name)
        return self._inside(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._inside(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._name(node.arg)
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = node.name and self._name(node.name)
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._name(name) for name in node.names]
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._name(name) for name in node.names]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None
        return self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.name = self._name(node.name)
        return self._inside(node)

    def _inside(self, node: ast.AST) -> ast.AST:
        bound = _bound(node) - (self._keep if isinstance(node, ast.Module) else frozenset())
        self._scopes.append(dict.fromkeys(bound, ""))
        try:
            return self.generic_visit(node)
        finally:
            self._scopes.pop()

    def _name(self, name: str) -> str:
        for depth in range(len(self._scopes) - 1, -1, -1):
            scope = self._scopes[depth]
            if name in scope:
                if not scope[name]:
                    scope[name] = f"{depth}.{sum(map(bool, scope.values()))}"
                return scope[name]
        return name


def _bound(scope: ast.AST) -> set[str]:
    """The names that this scope binds, without those of functions and classes within it."""
    found: set[str] = set()
    elsewhere: set[str] = set()
    open_ = list(ast.iter_child_nodes(scope))
    while open_:
        node = open_.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.arg(arg=name):
                found.add(name)
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                elsewhere.update(names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
                continue
            case ast.Lambda():
                continue
        open_.extend(ast.iter_child_nodes(node))
    return found - elsewhere
