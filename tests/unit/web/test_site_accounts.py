import re

import pytest
from sqlalchemy import func, select

from panlearn.models import Learner
from panlearn.web.forms import local_path
from panlearn.web.identity import identify

pytestmark = pytest.mark.databases


def cookie_of(visitor) -> str:
    return f"panlearn_session={visitor.client.get_cookie('panlearn_session').value}"


def learners(application) -> int:
    with application.reading() as session:
        return session.scalar(select(func.count()).select_from(Learner))


def test_signing_up_keeps_the_guest_s_work(visitor, application):
    path = visitor.answer("first", "x").headers["Location"]
    visitor.save("second", "c1", "mine")

    answer = visitor.sign_up()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert visitor.get(path).status_code == 200
    assert visitor.state("second")["cells"][0]["edited"] == "mine"
    assert learners(application) == 1
    assert "Ann" in visitor.get("/me").text


def test_the_gateway_names_the_same_owner_before_and_after_signing_up(visitor, app):
    visitor.answer("first", "x")
    before = identify(app)(cookie_of(visitor), None)
    visitor.sign_up()

    assert identify(app)(cookie_of(visitor), None) == before


def test_a_cookie_from_before_signing_up_opens_nothing_after(visitor, newcomer, app):
    path = visitor.answer("first", "x").headers["Location"]
    planted = visitor.client.get_cookie("panlearn_session").value
    visitor.sign_up()
    thief = newcomer()
    thief.client.set_cookie("panlearn_session", planted)

    assert thief.get(path).status_code == 404
    assert identify(app)(f"panlearn_session={planted}", None) is None
    assert thief.answer("first", "y").status_code == 201
    assert thief.get(path).status_code == 404


def test_the_session_begins_anew_at_signing_in(visitor, newcomer):
    newcomer().sign_up()
    visitor.get("/sign-in")
    before = visitor.token("/sign-in")
    visitor.sign_in()

    with visitor.client.session_transaction() as session:
        assert session.get("csrf_token") is None
        assert "guest" not in session
    assert before


def test_signing_in_brings_the_guest_s_work_along(visitor, newcomer, application):
    account = newcomer()
    account.sign_up()
    account.save("second", "c1", "older")
    visitor.save("second", "c1", "newer")
    path = visitor.answer("first", "x").headers["Location"]

    assert visitor.sign_in().status_code == 303

    assert visitor.get(path).status_code == 200
    assert learners(application) == 1


@pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_e_mail_are_told_alike(visitor, newcomer, email):
    newcomer().sign_up()

    answer = visitor.sign_in(email=email, password="not the right one")

    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert "Sign out" not in visitor.get("/me").text


def test_signing_out_forgets_the_browser(visitor):
    visitor.sign_up()
    path = visitor.answer("first", "x").headers["Location"]

    assert visitor.form("/me", to="/sign-out").status_code == 303

    assert visitor.get(path).status_code == 404
    assert "Sign in" in visitor.get("/me").text


def test_a_guest_cannot_sign_out(visitor):
    visitor.get("/sign-in")

    assert visitor.client.post("/sign-out", data={"csrf_token": visitor.token("/sign-in")}).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/sign-out", "/courses/waves/release"])
def test_a_form_without_its_protection_is_refused(visitor, path):
    if path == "/sign-out":
        visitor.sign_up()

    answer = visitor.client.post(path, data={"email": "a@b.org", "password": "x" * 12, "name": "A"})

    assert answer.status_code == 400
    assert "another page" in answer.text


def test_a_taken_e_mail_is_said_at_its_field(visitor, newcomer):
    newcomer().sign_up()

    answer = visitor.sign_up(email="ANN@example.org")

    assert answer.status_code == 422
    assert "already an account with this e-mail" in answer.text


def test_a_password_that_is_the_e_mail_is_told_at_the_password(visitor):
    answer = visitor.sign_up(email="ann@example.org", password="Ann@Example.org")
    assert answer.status_code == 422
    words = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
    assert "E-mail Password" in words
    assert "among the first that anyone tries" in words


def test_a_short_password_is_said_with_what_is_needed(visitor):
    answer = visitor.sign_up(password="short")

    assert answer.status_code == 422
    assert "at least 10 are needed" in answer.text
    assert "short" not in answer.text.replace("shortcut", "")


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/courses/waves", "/courses/waves"),
        ("/courses/waves/second?x=1#third", "/courses/waves/second?x=1#third"),
        (None, "/me"),
        ("", "/me"),
        ("courses", "/me"),
        ("//elsewhere.example", "/me"),
        ("/\\elsewhere.example", "/me"),
        ("\\\\elsewhere.example", "/me"),
        ("https://elsewhere.example/", "/me"),
        ("javascript:alert(1)", "/me"),
        ("/a\r\nSet-Cookie: x=1", "/me"),
        ("/\t/elsewhere.example", "/me"),
        ("/courses\\..\\x", "/me"),
    ],
)
def test_only_paths_of_this_site_are_gone_on_to(target, goes):
    assert local_path(target) == goes


def test_signing_in_goes_on_to_a_path_of_this_site_only(visitor, newcomer):
    newcomer().sign_up()

    assert visitor.sign_in(next="//elsewhere.example").headers["Location"] == "/me"
    other = newcomer()
    assert other.sign_in(next="/courses/waves").headers["Location"] == "/courses/waves"


def test_guessing_passwords_is_slowed_down(visitor, newcomer):
    newcomer().sign_up()
    token = visitor.token("/sign-in")
    data = {"csrf_token": token, "email": "ann@example.org", "password": "wrong wrong"}

    seen = [visitor.client.post("/sign-in", data=data).status_code for _ in range(10)]

    assert seen[:8] == [422] * 8
    assert seen[-1] == 429
    answer = visitor.client.post("/sign-in", data={**data, "email": "somebody@example.org"})
    assert answer.status_code == 422


def test_a_changed_stamp_ends_every_session(visitor, application):
    visitor.sign_up()
    with application.writing() as session:
        session.scalar(select(Learner)).stamp = "another"

    assert "Sign out" not in visitor.get("/me").text


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(visitor, application):
    header = visitor.get("/courses/waves/second").headers["Set-Cookie"]

    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Expires=" in header


def test_a_cookie_signed_by_another_key_is_nobody(visitor, app):
    assert identify(app)("panlearn_session=eyJndWVzdCI6IngifQ.abc.def", None) is None
    assert identify(app)(None, None) is None
    assert identify(app)("panlearn_session=", None) is None


def test_signing_up_before_any_work_keeps_the_cookie_s_id_and_with_it_the_kernels(visitor, app):
    visitor.get("/courses/waves/second")
    before = identify(app)(cookie_of(visitor), None)
    visitor.sign_up()

    assert before
    assert identify(app)(cookie_of(visitor), None) == before
