"""SQLAlchemy tables, one file per aggregate. No queries, no commits, no web in them."""

from panlearn.models.base import Base, UtcDateTime, new_public_id
from panlearn.models.enrolment import Enrolment
from panlearn.models.grade_change import GradeChange
from panlearn.models.hand_grade import HandGrade
from panlearn.models.learner import Learner, LearnerRole
from panlearn.models.regrade_run import RegradeRun
from panlearn.models.release import CourseRelease
from panlearn.models.submission import Submission
from panlearn.models.work import HintShown, SavedCell

__all__ = [
    "Base",
    "CourseRelease",
    "Enrolment",
    "GradeChange",
    "HandGrade",
    "HintShown",
    "Learner",
    "LearnerRole",
    "RegradeRun",
    "SavedCell",
    "Submission",
    "UtcDateTime",
    "new_public_id",
]
