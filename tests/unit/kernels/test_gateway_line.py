import pytest

from panlearn.errors import TooMany
from panlearn.kernels import gateway_line
from panlearn.kernels.gateway_line import GONE_SECONDS, MOST_PER_LEARNER, Cohort, Line, in_cohort, waiting_model
from panlearn.kernels.gateway_problems import MachineFull


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def line(now):
    return Line(clock=lambda: now[0])


def stand(line, now, *who: str) -> None:
    for number, (owner, id_) in enumerate(each.split(":") for each in who):
        now[0] += number
        line.add(id_, owner=owner, name="core", files=None)


def ids(waiting) -> list[str]:
    return [one.id for one in waiting]


def test_first_come_first_served(line, now):
    stand(line, now, "ada:1", "bob:2", "eve:3")

    assert ids(line.order([])) == ["1", "2", "3"]


def test_nobodys_second_kernel_comes_before_somebodys_first(line, now):
    stand(line, now, "ada:1", "ada:2", "bob:3")

    assert ids(line.order([])) == ["1", "3", "2"]
    assert ids(line.order(["ada"])) == ["3", "1", "2"]


def test_who_has_not_asked_for_long_has_left_unless_a_socket_waits(line, now):
    stand(line, now, "ada:1", "bob:2", "eve:3")
    now[0] += GONE_SECONDS + 5
    line.seen(line.of("bob", "2"))
    line.of("eve", "3").watched = 1

    assert ids(line.gone()) == ["1"]


def test_a_place_is_its_owners_alone(line, now):
    stand(line, now, "ada:1")

    assert line.of("ada", "1").id == "1"
    assert line.of("bob", "1") is None
    assert line.all_of("bob") == []


def test_one_learner_waits_for_so_many_and_no_more(line, now):
    stand(line, now, *(f"ada:{number}" for number in range(MOST_PER_LEARNER)))

    with pytest.raises(TooMany, match="You wait for 4 kernels already"):
        stand(line, now, "ada:more")
    stand(line, now, "bob:1b")


def test_the_line_has_an_end(line, now, monkeypatch):
    monkeypatch.setattr(gateway_line, "MOST", 2)
    stand(line, now, "ada:1", "bob:2")

    with pytest.raises(MachineFull):
        stand(line, now, "eve:3")


def test_the_estimate_follows_how_often_places_became_free(line, now):
    assert line.estimate(1) is None
    line.freed()
    assert line.estimate(1) is None
    now[0] += 30
    line.freed()
    now[0] += 30
    assert line.estimate(1) == 30.0  # two in a minute
    assert line.estimate(4) == 120.0
    now[0] += 601
    assert line.estimate(1) is None


def test_a_waiting_kernel_reads_as_one_that_starts_with_its_place(line, now):
    stand(line, now, "ada:1")

    model = waiting_model(line.of("ada", "1"), 3, 41.6)

    assert (model["id"], model["execution_state"], model["name"]) == ("1", "starting", "core")
    assert model["queue"] == {"position": 3, "estimated_seconds": 42}
    assert waiting_model(line.of("ada", "1"), 3, None)["queue"]["estimated_seconds"] is None


def test_a_cohorts_kernels_are_counted_by_its_people():
    school = Cohort(id="school", kernels=2)

    assert in_cohort({"1": "ada", "2": "bob", "3": "ada"}, school, {"ada": school}.get) == 2
