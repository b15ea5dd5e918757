"""Counts and times for operators, in Prometheus' text format. They name routes and states, never people."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The figures of one app; a registry of its own, so that two apps in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "panlearn_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "panlearn_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=self.registry
        )
        self.waiting = Gauge(
            "panlearn_submissions_waiting", "Submissions without a verdict", ["state"], registry=self.registry
        )

    def text(self, waiting: dict[str, int]) -> Response:
        """Everything, as a scraper reads it."""
        for state, count in waiting.items():
            self.waiting.labels(state).set(count)
        return Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Count every request by its route."""
    metrics = Metrics()
    app.extensions["panlearn.metrics"] = metrics

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        metrics.requests.labels(route, method, str(response.status_code)).inc()
        if "began" in g:
            metrics.seconds.labels(route).observe(time.perf_counter() - g.began)
        return response
