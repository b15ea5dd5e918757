import pytest
from sqlalchemy import select

import factories
from fakes import CHEAP
from panlearn.models import Enrolment, HintShown, Learner, SavedCell, Submission
from panlearn.services.accounts import Accounts
from panlearn.services.claiming import Claiming
from panlearn.services.enrolments import Enrolments
from panlearn.services.hints import Hints
from panlearn.services.submissions import Submissions
from panlearn.services.work import Work

pytestmark = pytest.mark.databases

COURSE = factories.COURSE


@pytest.fixture
def account(session, clock):
    return Accounts(session, clock, CHEAP).sign_up(name="A", email="a@b.org", password="a long pass word")


@pytest.fixture
def guest(session):
    return factories.guest(session)


def test_the_guest_s_answers_become_the_account_s(session, clock, release, guest, account):
    submission = Submissions(session, clock).accept(guest, release, release.exercises["first"], "x")

    Claiming(session).claim(guest, account)

    assert Submissions(session).find(account, submission.public_id) is not None
    assert session.scalar(select(Learner).where(Learner.public_id == guest.public_id)) is None


@pytest.mark.parametrize(("guest_first", "kept"), [(True, "account's"), (False, "guest's")])
def test_of_a_cell_both_edited_the_newer_text_stays(session, clock, guest, account, guest_first, kept):
    writers = [(guest, "guest's"), (account, "account's")]
    for learner, text in writers if guest_first else reversed(writers):
        Work(session, clock).save(learner, COURSE, "second", "c1", text)
        clock.forward(minutes=1)

    Claiming(session).claim(guest, account)

    assert [row.source for row in session.scalars(select(SavedCell))] == [kept]


def test_hints_seen_by_either_are_seen(session, clock, guest, account):
    hints = Hints(session, clock)
    hints.next(guest, COURSE, "first", 3)
    hints.next(guest, COURSE, "first", 3)
    hints.next(account, COURSE, "first", 3)

    Claiming(session).claim(guest, account)

    assert hints.shown(account, COURSE, ["first"]) == {"first": 2}
    assert len(session.scalars(select(HintShown)).all()) == 2


def test_a_course_both_began_stays_at_the_account_s_release_and_goes_on_where_either_was_last(
    session, clock, guest, account
):
    enrolments = Enrolments(session, clock)
    enrolments.work(account, COURSE, digest="old", page="first-lesson")
    clock.forward(minutes=1)
    enrolments.work(guest, COURSE, digest="new", page="second", section="third")

    Claiming(session).claim(guest, account)

    (left,) = session.scalars(select(Enrolment)).all()
    assert (left.learner_id, left.release_digest) == (account.id, "old")
    assert (left.last_page, left.last_section) == ("second", "third")


def test_an_account_is_never_claimed_by_another(session, clock, account):
    other = Accounts(session, clock, CHEAP).sign_up(name="B", email="b@b.org", password="a long pass word")
    Work(session, clock).save(other, COURSE, "second", "c1", "mine")

    Claiming(session).claim(other, account)

    assert session.scalar(select(SavedCell.learner_id)) == other.id


def test_claiming_leaves_other_people_s_work_alone(session, clock, release, guest, account):
    somebody = factories.guest(session)
    theirs = Submissions(session, clock).accept(somebody, release, release.exercises["first"], "x")

    Claiming(session).claim(guest, account)

    assert session.get_one(Submission, theirs.id, populate_existing=True).learner_id == somebody.id
