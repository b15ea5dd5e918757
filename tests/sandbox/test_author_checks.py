"""`panlearn_checks` with numpy, pandas, matplotlib, pint and real data: in the kernel environment, where they are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from panlearn.kernels import environments
from panlearn.settings import Settings, resource

pytestmark = pytest.mark.sandbox

FOLDER = Path(__file__).parent / "author"
# pytest is the site's own; whatever both have comes from the kernel environment.
RUN = """
import sys
author, site, *arguments = sys.argv[1:]
sys.path.insert(0, author)
sys.path.append(site)
import pytest
sys.exit(pytest.main(arguments))
"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", sorted(FOLDER.glob("check_*.py")), ids=lambda path: path.stem)
def test_what_authors_import_says_what_it_should(path, tmp_path):
    python = environments.find(Settings(), "core").python
    site = Path(pytest.__file__).parents[1]
    options = ["-q", "--noconftest", "-W", "error", "-p", "no:cacheprovider", "-o", "python_files=check_*.py"]
    command = [str(python), "-c", RUN, str(resource("sandbox") / "author"), str(site), *options, "-c", os.devnull]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MPLBACKEND": "Agg"}

    done = subprocess.run(
        [*command, "--import-mode=importlib", str(path)],
        capture_output=True, text=True, timeout=200, check=False, cwd=tmp_path,
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
