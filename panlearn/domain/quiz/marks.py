"""Signs that stand in published texts for what each reader gets in their place. No author writes them."""

from __future__ import annotations

BLANK_BEGIN, BLANK_END = "\ue002", "\ue003"
"""Around the name of a gap, instead of the author's brackets."""


def quiz_mark(name: str) -> str:
    """Where a quiz belongs in a fragment. Sanitised HTML holds no comments, so nobody else can write it."""
    return f"<!--quiz:{name}-->"
