"""What changed from one release of a course to another, as its readers are told."""

from __future__ import annotations

from dataclasses import replace

import structlog

from panlearn.domain.changes import changes_between
from panlearn.domain.course import Release
from panlearn.domain.exercise import Check, GradingBundle
from panlearn.errors import NotFound, PlatformError
from panlearn.services.library import Store

log = structlog.get_logger(__name__)


def release_changes(store: Store, before: Release, after: Release) -> tuple[str, ...]:
    """The changes in sentences. Empty where only what nobody sees has changed, or a release is damaged on disk."""

    def text_differs(page: str) -> bool:
        return store.fragment(before, page) != store.fragment(after, page)

    def grading_differs(exercise: str) -> bool:
        return _graded(store.bundle(before, exercise)) != _graded(store.bundle(after, exercise))

    try:
        return changes_between(before, after, text_differs=text_differs, grading_differs=grading_differs)
    except (NotFound, PlatformError):
        log.warning("release.damaged", course=after.course.slug, releases=[before.digest, after.digest])
        return ()


def _graded(bundle: GradingBundle) -> GradingBundle:
    """The bundle without what no grade depends on: where its parts stand, the name of its data, wrong answers."""

    def bare(check: Check) -> Check:
        return replace(check, file="", line=0)

    return replace(bundle, checks=tuple(map(bare, bundle.checks)), wrong=(), files=None, hints=())
