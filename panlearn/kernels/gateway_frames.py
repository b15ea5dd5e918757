"""What a page may send over a kernel's websocket, checked before anything acts on it.

Two encodings are in use: `v1.kernel.websocket.jupyter.org` (one binary frame of byte offsets and parts) and the older
one (JSON text, or binary with 32-bit offsets). Jupyter Server decodes both without looking at the counts they claim, so
a frame that says "2^60 parts" would keep the event loop busy for ever.

Source: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from panlearn.errors import BadInput

V1 = "v1.kernel.websocket.jupyter.org"
MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_PARTS = 64
CHANNELS = frozenset({"shell", "control", "stdin"})
_SESSION = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_MESSAGE_TYPE = re.compile(r"\w{1,64}")


def check_session(session: str | None) -> None:
    """Raise `BadInput` unless `session` can serve as the client's name on the kernel's sockets."""
    if session and not _SESSION.fullmatch(session):
        raise BadInput(
            "The session_id of this connection cannot be used.", todo="Send 1 to 100 letters, digits, '.', '-'."
        )


def check_frame(frame: str | bytes, protocol: str | None) -> None:
    """Raise `BadInput` unless `frame` is one Jupyter message for a channel that a page may use."""
    try:
        channel, header = _read_v1(frame) if protocol == V1 else _read_legacy(frame)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadInput("This is not a Jupyter message.", todo=f"Expected the encoding {protocol or 'JSON'}.") from error
    if not isinstance(channel, str) or channel not in CHANNELS:
        raise BadInput(
            "This message names no channel that a page may use.", todo=f"Use one of {', '.join(sorted(CHANNELS))}."
        )
    kind = header.get("msg_type") if isinstance(header, dict) else None
    if not isinstance(kind, str) or not _MESSAGE_TYPE.fullmatch(kind):
        raise BadInput("This message has no type.", todo="Its header must hold msg_type.")


def _read_v1(frame: str | bytes) -> tuple[str, Any]:
    if not isinstance(frame, bytes):
        raise TypeError("text where bytes were agreed")
    parts = _slices(frame, width=8, order="little", first=1)
    if len(parts) < 5:  # noqa: PLR2004 - channel, header, parent header, metadata, content
        raise ValueError("too few parts")
    header, *others = (json.loads(part) for part in parts[1:5])
    if not all(isinstance(part, dict) for part in others):
        raise TypeError("a part is not an object")
    return parts[0].decode(), header


def _read_legacy(frame: str | bytes) -> tuple[str, Any]:
    text = frame
    if isinstance(frame, bytes):
        text = _slices(frame, width=4, order="big", first=0)[0]
    message = json.loads(text)
    if not isinstance(message, dict):
        raise TypeError("not an object")
    for part in ("parent_header", "metadata", "content"):
        if not isinstance(message.get(part, {}), dict):
            raise TypeError(f"{part} is not an object")
    return message.get("channel", "shell"), message["header"]


def _slices(frame: bytes, *, width: int, order: Any, first: int) -> list[bytes]:
    """The parts of `frame`: a count of `width` bytes, offsets, parts; with `first`, an offset closes the last part."""
    count = int.from_bytes(frame[:width], order)
    if not 1 <= count <= MAX_PARTS or len(frame) < width * (count + 1):
        raise ValueError("bad number of parts")
    offsets = [int.from_bytes(frame[width * i : width * (i + 1)], order) for i in range(1, count + 1)]
    if not first:
        offsets.append(len(frame))
    if offsets[0] < width * (count + 1) or offsets[-1] != len(frame) or sorted(offsets) != offsets:
        raise ValueError("offsets out of order")
    return [frame[start:stop] for start, stop in itertools.pairwise(offsets)]
