import json

import pytest
import structlog

from panlearn import telemetry


@pytest.fixture
def logged(capsys):
    """Log as the site does, and read what was written."""
    telemetry.configure("json")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    telemetry.configure()


def test_an_event_is_one_line_with_its_keys(logged):
    structlog.get_logger().info("submission.graded", submission="abc", verdict="passed", seconds=0.1)

    (event,) = logged()
    assert (event["event"], event["submission"], event["verdict"], event["level"]) == (
        "submission.graded",
        "abc",
        "passed",
        "info",
    )
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("key", sorted(telemetry.PRIVATE))
def test_code_and_personal_data_are_never_written(logged, key):
    structlog.get_logger().info("something", **{key: "mkPRIVATE"})

    assert "mkPRIVATE" not in str(logged())


def fail(words: str) -> None:
    raise ValueError(words)


@pytest.mark.parametrize("style", ["json", "console"])
def test_an_exception_is_written_as_its_kind_and_place_without_its_words_and_locals(capsys, style):
    telemetry.configure(style)
    try:
        fail("mkPRIVATE")
    except ValueError:
        structlog.get_logger().exception("failed")
    telemetry.configure()

    written = capsys.readouterr().err
    assert "mkPRIVATE" not in written
    assert "ValueError" in written
    assert "test_telemetry.py" in written


def test_structlog_is_never_left_to_itself(application):
    assert structlog.is_configured()
