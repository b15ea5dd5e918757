"""Files that pages show, stored under a name made of their content."""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

from panlearn.errors import AuthorError

MAX_BYTES = 25 * 1024 * 1024
IMAGES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
#: Films, sounds and documents that a cell's output may hold.
MEDIA = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "application/pdf": ".pdf",
}
_ACTIVE = re.compile(
    rb"<\s*(script|foreignObject|iframe|embed|object|handler)\b|\son\w+\s*=|javascript:|<!ENTITY", re.IGNORECASE
)


class Assets:
    """Collects the files of a release: name -> content."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, content: bytes, suffix: str) -> str:
        """Keep a file and return its address in a page. Raises AuthorError for what must not be served."""
        if len(content) > MAX_BYTES:
            raise AuthorError(f"A file has {len(content) // 2**20} MiB.", todo="Make it smaller.", code="PL033")
        if suffix == ".svg" and _ACTIVE.search(content):
            raise AuthorError(
                "An SVG image holds a script.", todo="Save it as plain SVG, without scripts.", code="PL039"
            )
        name = hashlib.sha256(content).hexdigest()[:20] + suffix
        self.files[name] = content
        return f"{{assets}}/{name}"

    def add_path(self, path: Path) -> str:
        """Keep a file of the built book."""
        suffix = path.suffix.lower()
        return self.add(path.read_bytes(), suffix if re.fullmatch(r"\.[a-z0-9]{1,6}", suffix) else ".bin")


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG, GIF, WebP or SVG; None where they cannot be read."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 24:  # noqa: PLR2004 - the header's length
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content[:3] == b"GIF" and len(content) > 10:  # noqa: PLR2004
        width, height = struct.unpack("<HH", content[6:10])
        return int(width), int(height)
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp_size(content)
    if b"<svg" in content[:2000]:
        return _svg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004 - a marker's first byte
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 - start-of-frame markers
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int(length)
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """The size in the first chunk of a WebP file: lossy, lossless or extended (RFC 9649, section 2)."""
    chunk, rest = content[12:16], content[20:30]
    if len(rest) < 10:  # noqa: PLR2004 - the longest of the three headers
        return None
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", rest[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L":
        bits = int.from_bytes(rest[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        return int.from_bytes(rest[4:7], "little") + 1, int.from_bytes(rest[7:10], "little") + 1
    return None


def _svg_size(content: bytes) -> tuple[int, int] | None:
    match = re.search(rb"<svg\b[^>]*>", content, re.DOTALL)
    tag = match[0] if match else b""
    box = re.search(rb"viewBox\s*=\s*[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)", tag)
    width = re.search(rb"\swidth\s*=\s*[\"']([\d.]+)(px|pt)?[\"']", tag)
    height = re.search(rb"\sheight\s*=\s*[\"']([\d.]+)(px|pt)?[\"']", tag)
    if width and height:
        scale = 4 / 3 if width[2] == b"pt" else 1
        return round(float(width[1]) * scale), round(float(height[1]) * scale)
    return (round(float(box[1])), round(float(box[2]))) if box else None
