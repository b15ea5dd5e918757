import json

import pytest

from panlearn.cli import SUMMARIES, main, panlearn
from panlearn.models import schema

PASSWORD = "a long pass word\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PANLEARN_HOME", str(tmp_path / "instance"))
    return tmp_path / "instance"


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command as the shell does: status, standard output, standard error."""

    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", __import__("io").StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


def test_every_command_has_help_and_a_sentence_in_the_list():
    context = panlearn.make_context("panlearn", ["--help"], resilient_parsing=True)
    for name in panlearn.list_commands(context):
        command = panlearn.get_command(context, name)
        assert command.help, name
        assert SUMMARIES[name], name
        for sub in getattr(command, "commands", {}).values():
            assert sub.help, f"{name} {sub.name}"


def test_what_nobody_expected_is_one_sentence_and_the_platforms_fault(run, monkeypatch):
    def fail():
        raise OverflowError("too much")

    monkeypatch.setattr("panlearn.cli.db.Settings", fail)
    status, out, err = run("db", "current")
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert "OverflowError: too much" in err

    monkeypatch.setenv("PANLEARN_TRACEBACK", "1")
    with pytest.raises(OverflowError):
        main(["db", "current"])


def test_the_list_of_commands_imports_none_of_them(run):
    status, out, _ = run("--help")

    assert status == 0
    assert "db       Bring the database" in out


def test_upgrading_makes_the_folder_and_says_what_it_did(run, home):
    assert run("db", "upgrade")[:2] == (0, f"Revision base -> {schema.head()}.\n")
    assert (home / "panlearn.sqlite").exists()
    assert run("db", "upgrade")[:2] == (0, f"The database is at revision {schema.head()}.\n")


def test_looking_makes_nothing(run, home):
    status, out, _ = run("db", "current", "--json")

    assert json.loads(out) == {"current": "base", "needed": schema.head(), "up_to_date": False}
    assert status == 0
    assert not home.exists()


def test_going_back_is_asked_for_and_done(run):
    run("db", "upgrade")

    assert run("db", "downgrade", "base", stdin="n\n")[0] != 0
    assert run("db", "downgrade", "base", "--yes", "--json")[1] == f'{{"before": "{schema.head()}", "after": "base"}}\n'


def test_a_revision_that_there_is_not_is_bad_input(run):
    status, _, err = run("db", "upgrade", "--revision", "0815")

    assert status == 2
    assert err.startswith("There is no revision 0815. Known are base, 0001, 0002, ")
    assert err.endswith(f", {schema.head()} and head.\n")


def test_an_account_is_made_with_the_password_from_standard_input(run):
    run("db", "upgrade")

    status, out, _ = run(
        "user",
        "create",
        "Ann@Example.org",
        "--name",
        "Ann",
        "--role",
        "trainer",
        "--password-stdin",
        "--json",
        stdin=PASSWORD,
    )

    made = json.loads(out)
    assert (status, made["email"], made["roles"]) == (0, "ann@example.org", ["learner", "trainer"])
    assert run("user", "list")[1] == "ann@example.org\tAnn\tlearner, trainer\n"
    assert json.loads(run("user", "list", "--json")[1])[0]["id"] == made["id"]


def test_roles_are_granted_and_revoked(run):
    run("db", "upgrade")
    run("user", "create", "a@b.org", "--name", "A", "--password-stdin", stdin=PASSWORD)

    assert "learner, operator" in run("user", "grant", "a@b.org", "operator")[1]
    assert "operator" not in run("user", "grant", "a@b.org", "operator", "--revoke")[1]


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "says"),
    [
        (("user", "create", "nonsense", "--name", "A", "--password-stdin"), PASSWORD, 2, "not an e-mail address"),
        (("user", "create", "a@b.org", "--name", "A", "--password-stdin"), "short\n", 2, "at least 10 are needed"),
        (("user", "create", "a@b.org", "--name", "A", "--password-stdin"), "", 2, "has 0 characters"),
        (("user", "grant", "nobody@b.org", "operator"), "", 2, "no account with the e-mail nobody@b.org"),
        (("user", "grant", "a@b.org", "king"), "", 2, "'king' is not one of"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, arguments, stdin, status, says):
    run("db", "upgrade")

    found, _, err = run(*arguments, stdin=stdin)

    assert found == status
    assert says in err
    assert "Traceback" not in err


def test_without_a_schema_it_says_what_to_run(run):
    status, _, err = run("user", "list")

    assert status == 3
    assert "panlearn db upgrade" in err
