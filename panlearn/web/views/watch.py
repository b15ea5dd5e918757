"""What operators and their tools watch: is it well, how much, how fast. Nobody is named."""

from __future__ import annotations

from importlib.metadata import version

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from panlearn.domain.access import Permission
from panlearn.services.gradings import Gradings
from panlearn.web.database import application, reading
from panlearn.web.metrics import Metrics
from panlearn.web.permissions import needs

blueprint = Blueprint("watch", __name__)


@blueprint.get("/health")
@needs(Permission.MONITOR)
def health() -> tuple[Response, int]:
    """200 while the database answers; what waits for grading beside it."""
    try:
        waiting = Gradings(reading(), application().clock).counts()
    except SQLAlchemyError:
        return jsonify(status="failing", database="unreachable", version=version("panlearn")), 503
    return jsonify(status="ok", database="ok", version=version("panlearn"), submissions=waiting), 200


@blueprint.get("/metrics")
@needs(Permission.MONITOR)
def metrics() -> Response:
    """Figures for Prometheus."""
    figures: Metrics = current_app.extensions["panlearn.metrics"]
    return figures.text(Gradings(reading(), application().clock).counts())
