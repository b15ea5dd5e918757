"""Blueprints: public pages, learning, accounts, teaching, the API, and what operators watch."""

from panlearn.web.views import (
    account,
    api,
    api_work,
    hand_grading,
    hand_in,
    learn,
    public,
    quizzes,
    teach,
    teach_regrade,
    watch,
)

BLUEPRINTS = (
    public.blueprint,
    learn.blueprint,
    account.blueprint,
    hand_in.blueprint,
    hand_grading.blueprint,
    teach.blueprint,
    api.blueprint,
    watch.blueprint,
)

__all__ = [
    "BLUEPRINTS",
    "account",
    "api",
    "api_work",
    "hand_grading",
    "hand_in",
    "learn",
    "public",
    "quizzes",
    "teach",
    "teach_regrade",
    "watch",
]
