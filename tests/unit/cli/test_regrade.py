import json

import pytest

import factories
from fakes import FakeGrader, report_for
from panlearn import cli
from panlearn.bootstrap import Application
from panlearn.cli import regrade as command
from panlearn.domain.regrading import Move
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.models import GradeChange, Submission
from panlearn.services.submissions import Submissions
from panlearn.settings import Settings


@pytest.fixture
def run(application, settings, monkeypatch, capsys, release):
    """Run the command on the test's own site, with the verdicts of a fake grader; status and what it printed."""
    with application.writing() as session:
        learner = factories.guest(session)
        row = Submissions(session).accept(learner, release, release.exercises["first"], "right\nmore")
        row.state, row.verdict, row.points = SubmissionState.GRADED, Verdict.FAILED, 0.0
    monkeypatch.setenv("PANLEARN_HOME", str(settings.home))
    grader = FakeGrader(lambda bundle, _source: report_for(bundle, Verdict.PASSED))

    class Site(Application):
        def __init__(self, found: Settings) -> None:
            super().__init__(found, grader=grader)

    monkeypatch.setattr("panlearn.bootstrap.Application", Site)

    def made(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(["regrade", *arguments])
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return made


def test_a_dry_run_says_who_moves_and_writes_nothing(run, application):
    status, said, _ = run("first")

    assert status == 0
    assert "1 go up" in " ".join(said.split())
    assert "| right" in said
    assert "dry run" in said
    with application.reading() as session:
        assert session.query(Submission).one().points == 0.0
        assert session.query(GradeChange).count() == 0


def test_applied_it_changes_the_grade_and_says_so(run, application):
    status, said, _ = run("first", "--apply", "--reason", "The tolerance was too narrow.")

    assert status == 0
    assert "1 grades were changed" in said
    with application.reading() as session:
        assert session.query(Submission).one().verdict is Verdict.PASSED
        assert session.query(GradeChange).one().reason == "The tolerance was too narrow."


def test_json_carries_every_move(run):
    status, said, _ = run("first", "--json")

    found = json.loads(said)
    assert status == 0
    assert found["counts"] == {move.value: int(move is Move.UP) for move in Move}
    assert found["changed"] is None
    assert found["moves"][0]["after"] == {"verdict": "passed", "points": 2.0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["first", "--apply"], "--apply needs a --reason"),
        (["first", "--lower"], "belong to --apply"),
        (["nothing"], "no exercise 'nothing'"),
        (["first", "--course", "nowhere"], "The course nowhere"),
    ],
)
def test_what_cannot_be_regraded_is_said_in_a_sentence(run, arguments, said):
    status, _, complaint = run(*arguments)

    assert status == 2
    assert said in complaint
    assert "Traceback" not in complaint


def test_the_command_has_a_docstring_for_its_help():
    assert "dry run" in (command.command.help or "")
