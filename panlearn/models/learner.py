"""People: guests and accounts are rows of one table, so that signing up keeps the guest's work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from panlearn.domain.access import Actor, Role
from panlearn.domain.clock import utc_now
from panlearn.models.base import PUBLIC_ID_LENGTH, Base, new_public_id


class Learner(Base):
    """A person who keeps work here: a guest without an e-mail, or an account with name, e-mail and password.

    The e-mail is kept in small letters. `stamp` goes into the session cookie; changing it ends every session.
    """

    __tablename__ = "learner"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH), default=new_public_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    signed_up_at: Mapped[datetime | None]

    role_rows: Mapped[list[LearnerRole]] = relationship(
        back_populates="learner", cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    @property
    def is_guest(self) -> bool:
        """Whether nobody signed up for this row yet."""
        return self.email is None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this account holds; a guest holds none."""
        return frozenset(row.role for row in self.role_rows)

    @property
    def actor(self) -> Actor:
        """The same, as the access rules read it."""
        return Actor(is_guest=self.is_guest, roles=self.roles)


class LearnerRole(Base):
    """One role of one account."""

    __tablename__ = "learner_role"

    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(default=utc_now)

    learner: Mapped[Learner] = relationship(back_populates="role_rows")
