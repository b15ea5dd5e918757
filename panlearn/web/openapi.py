"""The API's description of itself (OpenAPI 3.1), made from its routes and what each of them declares."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from panlearn.web.schemas import ProblemOut

View = TypeVar("View", bound=Callable[..., object])
PREFIX = "/api/v1"
_MARK = "panlearn_operation"
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_PROBLEMS = {
    400: "What came cannot be used; the detail says why",
    403: "Not open to this reader",
    404: "There is no such thing, or it belongs to somebody else",
    413: "Too large",
    415: "Not application/json",
    429: "Too many at once; see Retry-After",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one route of the API takes and gives."""

    summary: str
    status: int
    answer: type[BaseModel] | None
    body: type[BaseModel] | None
    problems: tuple[int, ...]
    headers: dict[str, str] = field(default_factory=dict)


def operation(
    summary: str,
    answer: type[BaseModel] | None,
    *,
    status: int = 200,
    body: type[BaseModel] | None = None,
    problems: tuple[int, ...] = (404,),
    headers: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """Declare what a view of the API takes and gives; `headers`: those that it reads, each with a sentence."""

    def mark(view: View) -> View:
        declared = Operation(
            summary=summary, status=status, answer=answer, body=body, problems=problems, headers=headers or {}
        )
        setattr(view, _MARK, declared)
        return view

    return mark


def document(app: Flask) -> dict[str, Any]:
    """The whole description."""
    found = [(rule, getattr(app.view_functions[rule.endpoint], _MARK, None)) for rule in _rules(app)]
    paths: dict[str, Any] = {}
    for rule, declared in found:
        if declared is not None:
            path = _ARGUMENT.sub(r"{\1}", rule.rule)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                paths.setdefault(path, {})[method.lower()] = _described(rule, declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PaN Learn",
            "version": version("panlearn"),
            "description": "Answers, edits, hints and progress of whoever the session cookie names; a request "
            "without a cookie makes a guest. Live kernels are Jupyter Server's API under `/kernels/`.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _schemas([declared for _, declared in found if declared is not None]),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "panlearn_session"}},
        },
    }


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)]


def _described(rule: Rule, declared: Operation) -> dict[str, Any]:
    answers = {str(declared.status): _answer("Done", declared.answer)}
    answers |= {str(status): _answer(_PROBLEMS[status], ProblemOut) for status in sorted(declared.problems)}
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace("api.", ""),
        "summary": declared.summary,
        "security": [{}, {"session": []}],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _ARGUMENT.findall(rule.rule)
        ]
        + [
            {"name": name, "in": "header", "required": False, "description": said, "schema": {"type": "string"}}
            for name, said in declared.headers.items()
        ],
        "responses": answers,
    }
    if declared.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(declared.body)}}}
    return described


def _answer(words: str, model: type[BaseModel] | None) -> dict[str, Any]:
    if model is None:
        return {"description": words}
    kind = "application/problem+json" if model is ProblemOut else "application/json"
    return {"description": words, "content": {kind: {"schema": _ref(model)}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    models = {ProblemOut} | {model for one in operations for model in (one.answer, one.body) if model is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, made = models_json_schema(
        [(model, "serialization") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    return dict(made["$defs"])
