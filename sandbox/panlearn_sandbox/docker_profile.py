"""The kernels' policy as a seccomp profile for Docker: the same allowlist, written as libseccomp wants it.

Format: docs.docker.com/engine/security/seccomp, which is the `seccomp` object of the OCI runtime specification with
names of architectures and actions as in libseccomp. What differs from our own program: a refused argument is answered
"operation not permitted" whatever the rule says (libseccomp has one default), and what a filter knows as "newer than
the table" is decided by the runtime.
"""

from __future__ import annotations

import errno
from typing import Any

from panlearn_sandbox import syscalls
from panlearn_sandbox.policy import Policy, Rule

_ARCHITECTURES = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}
_LOW = 0xFFFFFFFF
"""The kernel takes 32 bits of these arguments, so only those are compared, as in our own program."""


def docker_profile(policy: Policy, architecture: str) -> dict[str, Any]:
    """The profile, to be written as JSON."""
    known = syscalls.numbers(architecture)
    rules = [rule for rule in policy.rules if rule.call in known]
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": errno.EPERM,
        "architectures": [_ARCHITECTURES[architecture]],
        "syscalls": [
            {"names": sorted(policy.calls & known.keys()), "action": "SCMP_ACT_ALLOW"},
            {"names": sorted(policy.absent & known.keys()), "action": "SCMP_ACT_ERRNO", "errnoRet": errno.ENOSYS},
            *(entry for rule in rules for entry in _entries(rule)),
        ],
    }


def _entries(rule: Rule) -> list[dict[str, Any]]:
    """One entry per allowed value: entries for one call are alternatives, conditions in an entry are not."""
    entries = [[_compare(rule.argument, rule.mask, value)] for value in sorted(rule.values)]
    entries += [
        [_compare(rule.argument, rule.mask, value), _compare(argument, _LOW, required)]
        for value, argument, required in rule.only_with
    ]
    return [{"names": [rule.call], "action": "SCMP_ACT_ALLOW", "args": conditions} for conditions in entries]


def _compare(argument: int, mask: int, value: int) -> dict[str, Any]:
    return {"index": argument, "op": "SCMP_CMP_MASKED_EQ", "value": mask, "valueTwo": value}
