"""How often one visitor may do what costs something. Counted in memory, by minute."""

from __future__ import annotations

import hashlib

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from panlearn.web.identity import visitor

WRITES = "240 per minute"
"""Saved edits, answers, hints of one visitor: an editor saves about once a second while somebody types."""
NEW_GUESTS = "600 per minute"
"""Writes without any cookie from one address: a class of 300 behind one address begins in a minute."""
SIGN_IN_ADDRESS = "120 per minute"
SIGN_IN_ACCOUNT = "8 per minute"
UNSAFE = ["POST", "PUT", "DELETE"]


def _who() -> str:
    return visitor().public_id or f"address:{get_remote_address()}"


def _address() -> str:
    return f"address:{get_remote_address()}"


def _account() -> str:
    """One e-mail, whoever tries it; hashed, since the counter is no place for personal data."""
    email = request.form.get("email", "").strip().lower()
    return "account:" + hashlib.sha256(email.encode()).hexdigest()[:16]


limiter = Limiter(_who, strategy="moving-window", storage_uri="memory://", headers_enabled=False)

limit_writes = limiter.limit(WRITES, methods=UNSAFE)
limit_new_guests = limiter.limit(
    NEW_GUESTS, methods=UNSAFE, key_func=_address, exempt_when=lambda: visitor().public_id is not None
)
limit_sign_in_address = limiter.limit(SIGN_IN_ADDRESS, methods=["POST"], key_func=_address)
limit_sign_in_account = limiter.limit(SIGN_IN_ACCOUNT, methods=["POST"], key_func=_account)


def init_app(app: Flask) -> None:
    """Count for this app."""
    limiter.init_app(app)
