"""Tokens for kernel clients that are not the page: signed, ten minutes long, naming a learner and nothing else."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

LIFE = timedelta(minutes=10)
_AUDIENCE = "panlearn-kernels"
_ALGORITHM = "HS256"
_SCHEMES = ("bearer", "token")


def issue(secret: str, public_id: str, now: datetime) -> tuple[str, datetime]:
    """A token for this learner, and when it ends."""
    expires = (now + LIFE).replace(microsecond=0)
    claims = {"sub": public_id, "aud": _AUDIENCE, "iat": int(now.timestamp()), "exp": int(expires.timestamp())}
    return jwt.encode({"alg": _ALGORITHM}, claims, _key(secret)), expires


def subject(secret: str, authorization: str, now: datetime) -> str | None:
    """The learner that an `Authorization` header names; None for a token that is not ours or has ended."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in _SCHEMES:
        return None
    try:
        claims = jwt.decode(token.strip(), _key(secret), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    named, ends = claims.get("sub"), claims.get("exp")
    if claims.get("aud") != _AUDIENCE or not isinstance(named, str) or not isinstance(ends, int):
        return None
    return named if now.timestamp() < ends else None


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"kernel tokens\0" + secret.encode()).digest())
