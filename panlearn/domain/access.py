"""Who may do what. Every route declares one permission; what is not granted here is denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is trusted with; an account may hold several, a guest holds none."""

    LEARNER = "learner"
    TRAINER = "trainer"
    ORGANISER = "organiser"
    OPERATOR = "operator"


class Permission(StrEnum):
    """One thing that a route does."""

    READ = "read"
    """Read what is published: pages, courses, lessons, the API's own description."""
    WORK = "work"
    """Keep work of one's own: answers, edits, hints, the place where one stopped; and read it back."""
    COMPUTE = "compute"
    """Hold a sandboxed kernel."""
    JOIN = "join"
    """Sign up or sign in."""
    LEAVE = "leave"
    """Sign out."""
    MONITOR = "monitor"
    """Read health and counts that name nobody."""
    TEACH = "teach"
    """See how exercises fare, without anybody's name, and grade stored answers again."""
    OPERATE = "operate"
    """Create accounts, grant roles, see what the machine does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever sent a request: a guest, or an account with its roles."""

    is_guest: bool
    roles: frozenset[Role] = frozenset()


ANYONE = Actor(is_guest=True)

_OPEN = frozenset({Permission.READ, Permission.WORK, Permission.COMPUTE, Permission.JOIN, Permission.MONITOR})
"""What everybody may do, whoever they are: such routes need not know who asks."""
_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.LEARNER: frozenset({Permission.LEAVE}),
    Role.TRAINER: frozenset({Permission.LEAVE, Permission.TEACH}),
    Role.ORGANISER: frozenset({Permission.LEAVE, Permission.TEACH}),
    Role.OPERATOR: frozenset({Permission.LEAVE, Permission.TEACH, Permission.OPERATE}),
}


def allowed(actor: Actor, permission: Permission | None) -> bool:
    """Whether this actor may do this. No permission declared means nobody may."""
    if permission is None:
        return False
    if permission in _OPEN:
        return True
    return not actor.is_guest and any(permission in _BY_ROLE[role] for role in actor.roles)
