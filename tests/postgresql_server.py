"""A PostgreSQL server of the tests' own: a data folder that goes away, a unix socket in it, no network."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

FOLDERS = "/usr/lib/postgresql"
_START_SECONDS = 60.0
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",  # what is tested dies by signals, not by power cuts
    "max_connections": "200",
    "shared_buffers": "32MB",
    "logging_collector": "off",
}


def programs() -> Path | None:
    """Where `initdb` and `postgres` are: of the newest version, or None where there are none."""
    found = [path.parent for path in Path(FOLDERS).glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgreSQL:
    """One server. `new_database` makes an empty database and gives its URL; `stop` ends the server by its id."""

    def __init__(self) -> None:
        where = programs()
        assert where is not None, "PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql); see .ci/run"
        self._folder = Path(tempfile.mkdtemp(prefix="panlearn-pg-"))
        self._numbers = itertools.count(1)
        self._user = _plain_user()
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        data = self._folder / "data"
        self._run(where / "initdb", "-D", data, "-U", "panlearn", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = _OPTIONS | {"unix_socket_directories": str(self._folder)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._log = self._folder / "log"
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                [where / "postgres", "-D", data, *settings], stdout=log, stderr=log, cwd=self._folder, **self._as_user()
            )
        self._wait()

    def new_database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._info("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return f"postgresql+psycopg://panlearn@/{name}?host={self._folder}"

    def end_connections(self, url: str, most: int | None = None, skip: int = 0) -> int:
        """Cut connections to a database, as `pg_terminate_backend` does; how many."""
        name = url.rpartition("/")[2] if "?" not in url else url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(self._info("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = %s"
                " order by pid offset %s limit %s) as chosen",
                (name, skip, most),
            ).fetchall()
        return len(found)

    def stop(self) -> None:
        """End it, and remove its folder."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # a fast shutdown: it rolls back what is open
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _info(self, database: str) -> str:
        return f"host={self._folder} user=panlearn dbname={database} connect_timeout=10"

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            assert self._server.poll() is None, self._log.read_text()
            try:
                psycopg.connect(self._info("postgres")).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.05)
            else:
                return

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),
        )
        assert done.returncode == 0, done.stderr

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _plain_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root. None: as whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
