"""Reading what a program sends to the API, with words for everything that can be wrong with it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from flask import request
from pydantic import BaseModel, ConfigDict, Field

from panlearn.domain.submission import MAX_SOURCE_BYTES, check_source
from panlearn.errors import NotAllowed
from panlearn.web.errors import RequestProblem

MAX_REQUEST_BYTES = 1024 * 1024
"""A source of 64 KiB may become six times as long when JSON escapes every character of it."""

MAX_KEY = 200


class SourceBody(BaseModel):
    """The text of a cell or an answer."""

    model_config = ConfigDict(title="Source")

    source: str = Field(description=f"Python, at most {MAX_SOURCE_BYTES:,} bytes as UTF-8")


def check_origin() -> None:
    """Refuse what another site's page sends. Browsers say where a request comes from; other clients say nothing."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if site not in {"same-origin", "none"} or foreign:
        raise NotAllowed("This request comes from another site's page.", todo="Use the API from this site's own pages.")
    if request.method in {"POST", "PUT", "PATCH"} and request.mimetype != "application/json":
        raise RequestProblem(
            f"The content type is {request.mimetype or 'missing'}; application/json is expected.",
            todo='Send JSON with the header "Content-Type: application/json".',
            status=415,
        )


def read_key() -> str:
    """The header `Idempotency-Key`, or nothing: who repeats an answer with the same key sends it once."""
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > MAX_KEY or not key.isprintable():
        raise RequestProblem(
            f"The header Idempotency-Key has more than {MAX_KEY} characters, or some that cannot be printed.",
            todo="Send a new UUID with every answer.",
        )
    return key


def read_source() -> str:
    """The `source` of the request's body, fit to be kept."""
    source = _json_object().get("source")
    if source is None:
        raise RequestProblem("The field source is missing.", todo='Send {"source": "…"}.')
    if not isinstance(source, str):
        raise RequestProblem(f"The field source is {_kind(source)}; text is expected.", todo='Send {"source": "…"}.')
    size = len(source.encode("utf-8", "surrogatepass"))
    if size > MAX_SOURCE_BYTES:
        raise RequestProblem(
            f"The code is {size:,} bytes long; at most {MAX_SOURCE_BYTES:,} are accepted.",
            todo="Keep only what answers this exercise.",
            status=413,
        )
    return check_source(source)


def _json_object() -> dict[str, object]:
    raw = request.get_data(cache=False)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestProblem(
            f"The body is not UTF-8: byte {error.start} cannot be read.", todo="Encode the JSON as UTF-8."
        ) from error
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RequestProblem(f"The body is not JSON{place}.", todo='Send {"source": "…"}.') from error
    if not isinstance(found, dict):
        raise RequestProblem(f"The body is {_kind(found)}; an object is expected.", todo='Send {"source": "…"}.')
    return found


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "text", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, "a number")
