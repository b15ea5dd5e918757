"""Grading: an exercise and an answer in, a report out. No database, no web; it runs in sandboxes only."""

from panlearn.grading.grader import Grader

__all__ = ["Grader"]
