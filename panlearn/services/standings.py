"""How a learner stands at every exercise, out of what was graded."""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from panlearn.domain.progress import Standing
from panlearn.domain.report import Fault, Verdict
from panlearn.models import Learner, Submission

Standings = dict[str, Standing]


def standings(session: Session, learner: Learner | None, course: str | None = None) -> dict[str, Standings]:
    """By course and exercise, in one query; only one course if it is named. A reader without a row has none."""
    if learner is None:
        return {}
    passed = Submission.verdict == Verdict.PASSED
    own = or_(passed, and_(Submission.verdict.is_not(None), Submission.fault == Fault.LEARNER))
    # An answer that raises says that it is not finished: such a try is free, and brings the solution no nearer.
    ran = and_(own, Submission.verdict.not_in((Verdict.PASSED, Verdict.ERROR)))
    query = (
        select(
            Submission.course_slug,
            Submission.exercise_id,
            func.sum(case((passed, 1), else_=0)),
            func.sum(case((own, 1), else_=0)),
            func.count(func.distinct(case((ran, Submission.source)))),
            func.sum(case((or_(Submission.fault.is_(None), Submission.fault == Fault.LEARNER), 1), else_=0)),
            func.max(Submission.points),
            func.min(Submission.created_at),
        )
        .where(Submission.learner_id == learner.id)
        .group_by(Submission.course_slug, Submission.exercise_id)
    )
    if course is not None:
        query = query.where(Submission.course_slug == course)
    found: dict[str, Standings] = {}
    for slug, exercise, passes, tries, honest, sent, points, began_at in session.execute(query):
        found.setdefault(slug, {})[exercise] = Standing(
            passed=passes > 0,
            failed=tries > passes,
            submitted=True,
            tries=tries,
            honest=honest,
            sent=sent,
            points=points,
            began_at=began_at,
        )
    return found
