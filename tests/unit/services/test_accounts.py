import pytest

from fakes import CHEAP
from panlearn.domain.access import Role
from panlearn.errors import BadInput, NotFound
from panlearn.models import new_public_id
from panlearn.services.accounts import Accounts

pytestmark = pytest.mark.databases

PASSWORD = "a long pass word"


@pytest.fixture
def accounts(session, clock):
    return Accounts(session, clock, CHEAP)


def test_a_guest_row_is_made_once(accounts):
    public_id = new_public_id()

    assert accounts.guest(public_id).id == accounts.guest(public_id).id


def test_signing_up_upgrades_the_guest_s_own_row(accounts):
    guest = accounts.guest(new_public_id())

    learner = accounts.sign_up(name=" Ann  Lee ", email="Ann@Example.org", password=PASSWORD, guest=guest.public_id)

    assert learner.id == guest.id
    assert (learner.name, learner.email, learner.is_guest) == ("Ann Lee", "ann@example.org", False)
    assert learner.roles == {Role.LEARNER}
    assert PASSWORD not in learner.password_hash


def test_signing_up_changes_the_stamp_so_that_older_cookies_end(accounts):
    guest = accounts.guest(new_public_id())
    before = guest.stamp

    assert accounts.sign_up(name="A", email="a@b.org", password=PASSWORD, guest=guest.public_id).stamp != before


def test_signing_up_never_takes_over_an_account(accounts):
    first = accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    second = accounts.sign_up(name="B", email="b@b.org", password=PASSWORD, guest=first.public_id)

    assert second.id != first.id
    assert first.email == "a@b.org"


@pytest.mark.parametrize("email", ["a@b.org", "A@B.ORG", " a@b.org "])
def test_an_e_mail_belongs_to_one_account(accounts, email):
    accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    with pytest.raises(BadInput, match="already an account"):
        accounts.sign_up(name="B", email=email, password=PASSWORD)


def test_signing_in_needs_the_right_password(accounts):
    made = accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    assert accounts.sign_in(email="A@b.org", password=PASSWORD) is made
    assert accounts.sign_in(email="a@b.org", password=PASSWORD + "x") is None
    assert accounts.sign_in(email="c@b.org", password=PASSWORD) is None


@pytest.mark.parametrize(
    ("name", "email", "password", "says"),
    [
        ("", "a@b.org", PASSWORD, "A name is needed"),
        ("x" * 121, "a@b.org", PASSWORD, "121 characters"),
        ("a\u202eb", "a@b.org", PASSWORD, "cannot be shown"),
        ("A", "a.b.org", PASSWORD, "not an e-mail"),
        ("A", "a@b", PASSWORD, "not an e-mail"),
        ("A", "a@b@c.org", PASSWORD, "not an e-mail"),
        ("A", "a" * 250 + "@b.org", PASSWORD, "not an e-mail"),
        ("A", "a@b.org", "short", "has 5 characters; at least 10"),
        ("A", "a@b.org", "x" * 201, "more than 200"),
        ("A", "a@b.org", "1234567890", "first that anyone tries"),
        ("A", "ann@example.org", "Ann@Example.org", "first that anyone tries"),
        ("A", "a@b.org", "aaaaaaaaaaaa", "first that anyone tries"),
    ],
)
def test_unusable_accounts_are_refused_in_words(accounts, name, email, password, says):
    with pytest.raises(BadInput, match=says):
        accounts.sign_up(name=name, email=email, password=password)


def test_roles_are_granted_and_revoked(accounts):
    accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    assert accounts.grant("A@b.org", Role.TRAINER).roles == {Role.LEARNER, Role.TRAINER}
    assert accounts.grant("a@b.org", Role.TRAINER).roles == {Role.LEARNER, Role.TRAINER}
    assert accounts.revoke("a@b.org", Role.TRAINER).roles == {Role.LEARNER}


def test_every_account_stays_a_learner(accounts):
    accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    with pytest.raises(BadInput):
        accounts.revoke("a@b.org", Role.LEARNER)


def test_granting_to_nobody_says_so(accounts):
    with pytest.raises(NotFound, match=r"nobody@b\.org"):
        accounts.grant("nobody@b.org", Role.TRAINER)


def test_guests_are_not_listed(accounts):
    accounts.guest(new_public_id())
    accounts.sign_up(name="A", email="a@b.org", password=PASSWORD)

    assert [learner.email for learner in accounts.listing()] == ["a@b.org"]
