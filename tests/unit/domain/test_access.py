import pytest

from panlearn.domain.access import Actor, Permission, Role, allowed

GUEST = Actor(is_guest=True)
LEARNER, TRAINER, ORGANISER, OPERATOR = (Actor(is_guest=False, roles=frozenset({role})) for role in Role)
NOBODY = Actor(is_guest=False)

#                     guest learner trainer organiser operator  account without a role
TABLE = {
    Permission.READ: (1, 1, 1, 1, 1, 1),
    Permission.WORK: (1, 1, 1, 1, 1, 1),
    Permission.COMPUTE: (1, 1, 1, 1, 1, 1),
    Permission.JOIN: (1, 1, 1, 1, 1, 1),
    Permission.LEAVE: (0, 1, 1, 1, 1, 0),
    Permission.MONITOR: (1, 1, 1, 1, 1, 1),
    Permission.TEACH: (0, 0, 1, 1, 1, 0),
    Permission.OPERATE: (0, 0, 0, 0, 1, 0),
    None: (0, 0, 0, 0, 0, 0),
}
ACTORS = (GUEST, LEARNER, TRAINER, ORGANISER, OPERATOR, NOBODY)


@pytest.mark.parametrize(
    ("permission", "actor", "may"),
    [
        (permission, actor, bool(may))
        for permission, row in TABLE.items()
        for actor, may in zip(ACTORS, row, strict=True)
    ],
)
def test_the_table_of_who_may_do_what(permission, actor, may):
    assert allowed(actor, permission) is may


def test_the_table_names_every_permission():
    assert set(Permission) <= set(TABLE)


def test_roles_add_up():
    both = Actor(is_guest=False, roles=frozenset({Role.LEARNER, Role.OPERATOR}))

    assert allowed(both, Permission.OPERATE)


def test_a_guest_with_roles_is_a_guest_all_the_same():
    assert not allowed(Actor(is_guest=True, roles=frozenset({Role.OPERATOR})), Permission.OPERATE)
