"""`python -I sandbox/panlearn_sandbox WHAT SPECIFICATION`: the only way in. `main` says which WHAT there are."""

from __future__ import annotations

import json
import os
import socket
import sys

# Isolated mode (-I) puts nothing of ours on the path; the folder above this one holds the package.
_FOLDER = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.realpath(__file__))]
sys.path.append(_FOLDER)

from panlearn_sandbox import entry  # noqa: E402


def main() -> None:
    """Enter the sandbox and do what was asked."""
    what, specification = sys.argv[1], json.loads(sys.argv[2])
    if what == "container":  # it is in its sandbox already
        from panlearn_sandbox import container  # noqa: PLC0415

        container.run(specification)
        return
    if what == "docker-profile":
        from panlearn_sandbox import docker_profile, profiles, seccomp  # noqa: PLC0415

        sys.stdout.write(json.dumps(docker_profile.docker_profile(profiles.KERNEL.policy, seccomp.machine())))
        return
    readable = [_FOLDER, sys.prefix, sys.base_prefix, *specification.get("readable", ())]
    way = entry.Way(readable=readable, writable=specification.get("writable"), files=specification.get("files"))
    if what == "zygote":
        channel = socket.socket(fileno=specification["channel"])
        entry.enter(way)
        from panlearn_sandbox import zygote  # noqa: PLC0415

        zygote.run(channel)
    elif what == "command":
        entry.enter(way)
        from panlearn_sandbox import jail  # noqa: PLC0415

        jail.run(specification)
    elif what == "probe":
        from panlearn_sandbox import probe  # noqa: PLC0415

        probe.run(readable)
    else:
        raise SystemExit(f"expected zygote, command, probe, container or docker-profile, got {what!r}")


main()
