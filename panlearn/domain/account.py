"""What a name, an e-mail and a password must be."""

from __future__ import annotations

import re

from panlearn.errors import BadInput

MIN_PASSWORD = 10
MAX_PASSWORD = 200
MAX_NAME = 120
MAX_EMAIL = 254

_EMAIL = re.compile(
    r"[^@\s\x00-\x1f<>,;:\"()\[\]\\]{1,64}@[^@\s\x00-\x1f<>,;:\"()\[\]\\.]+(\.[^@\s\x00-\x1f<>,;:\"()\[\]\\.]+)+"
)
_COMMON = frozenset({"1234567890", "0123456789", "qwertyuiop", "password12", "password123", "passwordpassword"})


def check_name(name: str) -> str:
    """The name without needless spaces; `BadInput` if it is empty, too long or holds control characters."""
    tidy = " ".join(name.split())
    if not tidy:
        raise BadInput("A name is needed.", todo="Any name will do: it is what the site calls you.")
    if len(tidy) > MAX_NAME:
        raise BadInput(f"The name is {len(tidy)} characters long; at most {MAX_NAME} are kept.", todo="Shorten it.")
    if not tidy.isprintable():
        raise BadInput("The name holds characters that cannot be shown.", todo="Use letters, digits and spaces.")
    return tidy


def check_email(email: str) -> str:
    """The address in small letters; `BadInput` if it cannot be one."""
    tidy = email.strip().lower()
    if len(tidy) > MAX_EMAIL or not _EMAIL.fullmatch(tidy):
        raise BadInput("This is not an e-mail address.", todo="Write it as name@example.org.")
    return tidy


def check_password(password: str, *, email: str = "") -> str:
    """The password as it came; `BadInput` if it is too short, too long or among the first that anyone tries."""
    if len(password) < MIN_PASSWORD:
        raise BadInput(
            f"The password has {len(password)} characters; at least {MIN_PASSWORD} are needed.",
            todo="A few words in a row are easy to remember and hard to guess.",
        )
    if len(password) > MAX_PASSWORD:
        raise BadInput(f"The password has more than {MAX_PASSWORD} characters.", todo="Use a shorter one.")
    plain = password.lower()
    if plain in _COMMON or plain == email.lower() or len(set(plain)) < 3:  # noqa: PLR2004 (one sign over and over)
        raise BadInput("This password is among the first that anyone tries.", todo="Choose another one.")
    return password
