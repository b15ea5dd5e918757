"""The command line. Each command lives in a module of its own, imported only when it is asked for."""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any

import click

from panlearn.errors import PanlearnError, PlatformError

SUMMARIES = {
    "bench": "Measure what this machine can carry.",
    "course": "Check, publish and list courses.",
    "db": "Bring the database to this version's schema, or back.",
    "doctor": "Say what works here and what is unsafe.",
    "env": "Build and list kernel environments.",
    "grade": "Grade one answer with the real grader.",
    "import": "Make a course of nbgrader or Otter material.",
    "kernels": "Serve live kernels only.",
    "regrade": "Grade stored answers again, dry run first.",
    "run": "Execute a notebook in a sandbox.",
    "serve": "Serve everything on one port.",
    "user": "Create accounts, grant roles, list them.",
    "web": "Serve pages only.",
    "worker": "Grade submissions only.",
}
"""One sentence per command, so that `panlearn --help` imports none of them. A test holds them to the commands."""


_MODULES = {"import": "importing"}
"""Commands whose name cannot be a module's."""

_TODO = {
    errno.ENOSPC: "Make room on that disk, or set PANLEARN_HOME to a folder on another; then run the command again.",
    errno.EDQUOT: "Make room in this user's quota, or set PANLEARN_HOME to a folder elsewhere.",
    errno.EROFS: "Set PANLEARN_HOME (and PANLEARN_ENVIRONMENTS) to a folder that can be written.",
    errno.EACCES: "Let this user read and write there, or set PANLEARN_HOME to a folder of its own.",
    errno.EMFILE: "Raise the number of open files that this user may have (ulimit -n).",
}

TRACEBACK = "PANLEARN_TRACEBACK"
"""Set in the environment, what nobody expected is shown with its traceback."""


class LazyGroup(click.Group):
    """Finds `panlearn/cli/<name>.py` for the command `<name>` (see `_MODULES`); the module names it `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command there is."""
        del ctx
        names = {module: name for name, module in _MODULES.items()}
        found = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
        return sorted(names.get(name, name) for name in found)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`."""
        rows = [(name, SUMMARIES.get(name, "")) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="panlearn", message="%(version)s")
def panlearn() -> None:
    """PaN Learn: courses on photon and neutron science that run in the page."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. What it cannot do is said in one sentence on stderr: status 2 for bad input, 3 for our failure."""
    try:
        status = panlearn.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show(sys.stdout)
        status = 2
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        status = 130
    except PanlearnError as error:
        click.echo(str(error), err=True)
        status = 3 if isinstance(error, PlatformError) else 2
    except OSError as error:
        status = _machine_said_no(error)
    except Exception as error:  # noqa: BLE001  it is said, or raised again
        status = _mistake(error)
    sys.exit(_as_status(status))


def _mistake(error: Exception) -> int:
    if os.environ.get(TRACEBACK):
        raise error
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    click.echo(f"This is a mistake in panlearn: {what}. {TRACEBACK}=1 shows where it happened.", err=True)
    return 3


def _machine_said_no(error: OSError) -> int:
    """What the machine refused is no mistake of ours: say it, and what to do."""
    todo = _TODO.get(error.errno or 0)
    if todo is None or os.environ.get(TRACEBACK):
        return _mistake(error)
    where = f" at {error.filename}" if error.filename else ""
    click.echo(f"The machine said: {error.strerror}{where}. {todo}", err=True)
    return 3


def _as_status(value: Any) -> int:
    return value if isinstance(value, int) else 0
