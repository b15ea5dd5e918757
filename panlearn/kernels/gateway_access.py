"""Who asks, and from where: the gateway's identity provider, authoriser and cross-site check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User
from tornado.httputil import HTTPHeaders, HTTPServerRequest

Identify = Callable[[str | None, str | None], str | None]
"""`identify(cookie_header, authorization)` names the learner, or None."""

RESOURCES = frozenset({"kernels", "kernelspecs"})


def token_of(request: HTTPServerRequest) -> str | None:
    """The `Authorization` of a client that is not the page.

    A browser cannot set headers on a websocket, so there, and only there, `?token=` stands for it, as Jupyter has it.
    """
    if authorization := request.headers.get("Authorization"):
        return authorization
    if request.headers.get("Upgrade", "").lower() == "websocket" and (tokens := request.query_arguments.get("token")):
        return f"token {tokens[-1].decode('latin-1')}"
    return None


def is_cross_site(headers: HTTPHeaders, *, proxies: int = 0) -> bool:
    """Whether a browser sent this for another site's page. Clients that are not browsers send neither header.

    `X-Forwarded-Host` counts as this site's name only where there are proxies of ours in front to set it.
    """
    if site := headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = headers.get("Origin") or headers.get("Sec-Websocket-Origin")
    names = {headers.get("Host", "").lower()}
    forwarded = headers.get("X-Forwarded-Host", "").lower().split(",")
    if 0 < proxies <= len(forwarded):
        names.add(forwarded[-proxies].strip())
    return origin is not None and origin != "" and urlsplit(origin.lower()).netloc not in names - {""}


class LearnerIdentity(IdentityProvider):  # type: ignore[misc]
    """Learners are who the site says they are: by its session cookie, or by a token that it signed."""

    login_available = False
    logout_available = False

    def __init__(self, *, identify: Identify, **kwargs: Any) -> None:
        super().__init__(token="", **kwargs)  # Jupyter's one token for everything is not used
        self._identify = identify

    async def get_user(self, handler: Any) -> User | None:
        """The learner. A request that carries a token stands or falls by it: its cookie is not looked at."""
        authorization = token_of(handler.request)
        cookie = None if authorization else handler.request.headers.get("Cookie")
        if not (authorization or cookie):
            return None
        owner = await asyncio.get_running_loop().run_in_executor(None, self._identify, cookie, authorization)
        handler._token_authenticated = bool(owner and authorization)  # noqa: SLF001 - jupyter_server's name for it
        return User(username=owner) if owner else None


class LearnerAuthorizer(Authorizer):  # type: ignore[misc]
    """Kernels and their specs, nothing else of Jupyter. Whose kernel it is, the handlers ask themselves."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """Whether this kind of resource is there for learners at all."""
        del handler, user, action
        return resource in RESOURCES
