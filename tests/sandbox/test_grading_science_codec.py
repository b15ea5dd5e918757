"""The codec with numpy and pandas, in the kernel environment, where they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from panlearn.kernels import environments
from panlearn.settings import Settings, resource

pytestmark = pytest.mark.sandbox

ROUND_TRIPS = Path(__file__).parent / "codec_round_trips.py"


@pytest.mark.timeout(240)
def test_scientific_values_cross_exactly_and_damaged_ones_are_refused():
    python = environments.find(Settings(), "core").python

    done = subprocess.run(
        [str(python), "-W", "ignore", str(ROUND_TRIPS), str(resource("sandbox"))],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    assert "all crossed" in done.stdout
