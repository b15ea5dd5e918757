"""How soon an answer has its verdict: `panlearn bench grade`.

`check_ms` is from the POST to the answer that carries the verdict, as a page sees it, on a site in a process of its
own; `lesson_check_ms` the same for the five exercises of one lesson; `grading_ms` from the answer in the grader to the
verdict. Both sides of every grading are isolated. The baselines are what graders of notebooks do, with nbclient and a
plain ipykernel: the lesson's cells up to the exercise, the same answer, the same checks; and the whole notebook of a
lesson of five exercises, which a grader that knows no single exercise runs for each of them. Lessons are warm on our
side (the first answers are thrown away); so is the page cache on the other.
"""

from __future__ import annotations

from typing import Any

from panlearn.bench import grade_alone, grade_notebooks, grade_posts, grade_targets
from panlearn.bench.grade_posts import Client
from panlearn.bench.grade_targets import Target
from panlearn.bench.site import published_home, running_site
from panlearn.bench.statistics import summary
from panlearn.kernels.environments import find
from panlearn.settings import Settings

WARM_UP = 5
ANSWERS = 100
GUESTS = 6
BASELINES = 5
AT_ONCE = (1, 2, 4)


def run(settings: Settings, *, answers: int = ANSWERS, baselines: int = BASELINES) -> dict[str, Any]:
    """What the command prints, in milliseconds. Raises `PlatformError` where an answer does not pass."""
    with published_home(settings) as home:
        own = settings.model_copy(update={"home": home, "environments": settings.environments_dir})
        target, five = grade_targets.small(own), grade_targets.lesson_of_five(own)
        found = _on_a_site(own, target, five, answers) | _alone(own, target)
        baseline = _baseline(own, target, five, baselines)
    return found | {
        "baseline": baseline,
        "ratio": _times(baseline["nbclient_ms"], found["check_ms"]),
        "lesson_ratio": _times(baseline["notebook_ms"], found["lesson_check_ms"]),
        "exercise": target.name,
        "measured": "check: from POST to verdict over loopback; grading: in the grader alone; lessons warm, both sides "
        "isolated; times of answers that come one by one, rates without a pause",
    }


def _on_a_site(settings: Settings, target: Target, five: list[Target], answers: int) -> dict[str, Any]:
    with running_site(settings, settings.home_dir) as port:
        client = Client(port)
        for _ in range(WARM_UP):
            client.answer(target)
        times = [client.answer(target) for _ in range(answers)]
        client.close()
        grade_posts.lesson(port, five, 1)
        return {
            "check_ms": summary(times),
            "lesson_check_ms": summary(grade_posts.lesson(port, five, GUESTS)),
            "checks_per_s": {str(clients): grade_posts.rate(port, target, clients) for clients in AT_ONCE},
        }


def _alone(settings: Settings, target: Target) -> dict[str, Any]:
    numpy = grade_targets.with_numpy(settings)
    with grade_alone.grader_of(settings) as grader:
        return {
            "grading_ms": {
                "small": grade_alone.times(grader, target),
                "numpy": grade_alone.times(grader, numpy),
            },
            "gradings_per_s": grade_alone.rates(grader, target, AT_ONCE),
            "regrade_1000_s": grade_alone.regrade_seconds(grader, target, settings.grading_workers),
        }


def _baseline(settings: Settings, target: Target, five: list[Target], samples: int) -> dict[str, Any]:
    environment = find(settings, target.bundle.environment)
    notebooks = {
        "nbclient_ms": (grade_notebooks.up_to(target.bundle), target.bundle.files),
        "notebook_ms": (grade_notebooks.whole([one.bundle for one in five]), five[-1].bundle.files),
    }
    found = {}
    for name, (cells, files) in notebooks.items():
        grade_notebooks.milliseconds(settings, cells, files, environment)
        found[name] = summary(
            [grade_notebooks.milliseconds(settings, cells, files, environment) for _ in range(samples)]
        )
    return found


def _times(slow: dict[str, Any], quick: dict[str, Any]) -> float:
    return float(round(slow["p50"] / quick["p50"], 1))
