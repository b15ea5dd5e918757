"""Pages and API: authorise, parse, call a service, render. Nothing here grades, publishes or runs code."""

from panlearn.web.app import create_app

__all__ = ["create_app"]
