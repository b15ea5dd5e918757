"""Accounts and guests: who a person is here. Passwords are kept as argon2id hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from panlearn.domain.access import Role
from panlearn.domain.account import check_email, check_name, check_password
from panlearn.domain.clock import Clock, utc_now
from panlearn.errors import BadInput, NotFound
from panlearn.models import Learner, LearnerRole, new_public_id
from panlearn.services.rows import find_or_add

HASHER = PasswordHasher()


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


class Accounts:
    """Guests and accounts. Hashing takes tens of milliseconds, so it comes before the first statement."""

    def __init__(self, session: Session, clock: Clock = utc_now, hasher: PasswordHasher = HASHER) -> None:
        self._session = session
        self._clock = clock
        self._hasher = hasher

    def by_public_id(self, public_id: str) -> Learner | None:
        """The guest or account with this id."""
        return self._session.scalar(select(Learner).where(Learner.public_id == public_id))

    def by_email(self, email: str) -> Learner | None:
        """The account with this e-mail, however it is capitalised."""
        return self._session.scalar(select(Learner).where(Learner.email == email.strip().lower()))

    def listing(self) -> list[Learner]:
        """Every account, oldest first. Guests are not listed."""
        return list(self._session.scalars(select(Learner).where(Learner.email.is_not(None)).order_by(Learner.id)))

    def guest(self, public_id: str) -> Learner:
        """The row of this guest, made now if this is the first thing they leave here.

        Two requests may come first at once: the second finds the row of the first.
        """
        return find_or_add(
            self._session,
            select(Learner).where(Learner.public_id == public_id),
            lambda: Learner(public_id=public_id, created_at=self._clock()),
        )

    def sign_up(self, *, name: str, email: str, password: str, guest: str | None = None) -> Learner:
        """A new account. The guest named by `guest` becomes the account, with all their work, under the same public id.

        Raises `BadInput` for an unusable name, e-mail or password, and where the e-mail already has an account.
        """
        name, email = check_name(name), check_email(email)
        hashed = self._hasher.hash(check_password(password, email=email))
        self._refuse_taken(email)
        learner = self.guest(guest) if guest else None
        if learner is None or not learner.is_guest:
            learner = Learner(public_id=new_public_id(), created_at=self._clock())
            self._session.add(learner)
        learner.name, learner.email, learner.password_hash = name, email, hashed
        learner.stamp = new_public_id()
        learner.signed_up_at = self._clock()
        learner.role_rows.append(LearnerRole(role=Role.LEARNER, granted_at=self._clock()))
        try:
            self._session.flush()
        except IntegrityError as error:
            raise _taken() from error
        return learner

    def sign_in(self, *, email: str, password: str) -> Learner | None:
        """The account that this e-mail and password open, or None. An unknown e-mail takes as long as a known one."""
        learner = self.by_email(email)
        hashed = learner.password_hash if learner else None
        try:
            self._hasher.verify(hashed or _decoy(self._hasher), password)
        except (VerificationError, InvalidHashError):
            return None
        return learner if hashed else None

    def grant(self, email: str, role: Role) -> Learner:
        """Give an account a role it may already have. Raises `NotFound` where there is no such account."""
        learner = self._required(email)
        if role not in learner.roles:
            learner.role_rows.append(LearnerRole(role=role, granted_at=self._clock()))
            self._session.flush()
        return learner

    def revoke(self, email: str, role: Role) -> Learner:
        """Take a role from an account; every account stays a learner."""
        if role is Role.LEARNER:
            raise BadInput("Every account is a learner.", todo="Revoke trainer, organiser or operator.")
        learner = self._required(email)
        learner.role_rows = [row for row in learner.role_rows if row.role is not role]
        self._session.flush()
        return learner

    def _required(self, email: str) -> Learner:
        learner = self.by_email(email)
        if learner is None:
            raise NotFound(f"There is no account with the e-mail {email}.", todo="See `panlearn user list`.")
        return learner

    def _refuse_taken(self, email: str) -> None:
        if self.by_email(email) is not None:
            raise _taken()


def _taken() -> BadInput:
    return BadInput("There is already an account with this e-mail.", todo="Sign in instead; your work comes along.")
