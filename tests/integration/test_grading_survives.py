"""500 answers while grader, worker, database connections and server are killed: 500 right verdicts, none twice."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter

import pytest
import requests
from site_in_parts import TROUBLES, Killer, SiteInParts, hold_sqlite
from small_site import write_course
from sqlalchemy import create_engine, text

from live_site import Site

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(400)]

ANSWERS = 500
LEARNERS = 10
SEED = 20261125
ANSWER_PATH = "/api/v1/courses/small/exercises/double/submissions"
KINDS = {
    "passed": "def double(x):\n    return 2 * x\n",
    "failed": "def double(x):\n    return x\n",
    "error": "def double(x:\n    return 2 * x\n",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path):
    """A published site, and what disturbs its database."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        url, environ = f"sqlite:///{home / 'panlearn.sqlite'}", {}

        def cut(dice):
            return hold_sqlite(home / "panlearn.sqlite", dice)

    else:
        server = request.getfixturevalue("postgresql_server")
        url = server.new_database()
        environ = {"PANLEARN_DATABASE_URL": url}

        def cut(dice):
            return server.end_connections(url, dice.choice([1, 2, None]), skip=dice.randrange(3))

    site = Site(home, environ)
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", str(write_course(tmp_path / "small")))
    parts = SiteInParts(site)
    parts.wait()
    yield parts, url, cut
    parts.stop()


class Sender(threading.Thread):
    """A learner who sends answers and takes no silence for a no. `sent`: the kind of each answer by its id."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.sent: dict[str, str] = {}
        self.browser = requests.Session()
        assert self.ask("GET", "/courses/small/lesson").status_code == 200
        kinds = list(KINDS)
        self.answers = [
            (kinds[(number + at) % len(kinds)], f"# {number}.{at}\n{KINDS[kinds[(number + at) % len(kinds)]]}")
            for at in range(ANSWERS // LEARNERS)
        ]

    def run(self) -> None:
        for kind, source in self.answers:
            self.sent[self.insist(source)] = kind

    def insist(self, source: str) -> str:
        """Send one answer until the site says that it is kept; its id."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        while True:
            try:
                answer = self.ask("POST", ANSWER_PATH, json={"source": source}, headers=key)
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.status_code == 201:
                return answer.json()["id"]
            assert answer.status_code in {429, 503}, answer.text
            time.sleep(0.3)

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        return self.browser.request(method, f"{self.url}{path}", timeout=15, **options)


def rows(url):
    """The table of submissions, as it stands."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text("select public_id, source, state, verdict, points from submission")).all()
    finally:
        engine.dispose()


def wait_until_graded(url, seconds=90.0):
    deadline = time.monotonic() + seconds
    while True:
        found = rows(url)
        if all(row.state == "graded" for row in found):
            return found
        assert time.monotonic() < deadline, Counter(row.state for row in found)
        time.sleep(0.5)


def test_nothing_is_lost_and_nothing_is_graded_twice_whatever_dies(site):
    parts, url, cut = site
    senders = [Sender(parts.url, number) for number in range(LEARNERS)]
    killer = Killer(parts, cut, lambda: sum(len(sender.sent) for sender in senders), ANSWERS, SEED)
    for sender in senders:
        sender.start()
    killer.start()
    for sender in senders:
        sender.join(240)
    killer.stop()
    assert not [sender for sender in senders if sender.is_alive()], killer.done

    found = wait_until_graded(url)

    wanted = {public_id: kind for sender in senders for public_id, kind in sender.sent.items()}
    assert len(wanted) == ANSWERS
    assert {row.public_id: row.verdict for row in found} == wanted
    assert len(found) == ANSWERS == len({row.source for row in found})
    assert all(row.points == (1.0 if row.verdict == "passed" else 0.0) for row in found)
    graded = Counter(str(event["submission"]) for event in parts.worker.events("submission.graded"))
    assert max(graded.values()) == 1
    assert killer.done == TROUBLES
    parts.wait()
    for sender in senders:
        mine = sender.ask("GET", ANSWER_PATH).json()["submissions"]
        assert {one["id"]: one["report"]["verdict"] for one in mine} == sender.sent
        state = sender.ask("GET", "/api/v1/courses/small/lessons/lesson/state").json()["exercises"]["double"]
        assert (state["status"], state["points"], state["tries"]) == ("passed", 1.0, len(sender.answers))
