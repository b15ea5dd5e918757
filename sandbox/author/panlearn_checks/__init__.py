"""What check cells have at hand: comparisons that say, in words, what came and what is accepted.

    assert bragg_angle(3.1355, 1.5406) == approx(14.22, abs=0.01)
    assert_allclose(curve(q), expected, rtol=1e-3)
    assert_peak(two_theta, intensity, position=(7.32, 0.001), width=(0.0051, 0.0005))

Also usable in any notebook: nothing here needs PaN Learn. The README beside this folder has an example of each.
"""

from __future__ import annotations

from panlearn_checks.approx import Approx, approx
from panlearn_checks.arrays import assert_allclose
from panlearn_checks.failure import Failure
from panlearn_checks.figure import assert_figure
from panlearn_checks.fit import assert_fit
from panlearn_checks.frame import assert_frame
from panlearn_checks.peak import assert_peak
from panlearn_checks.quantities import assert_quantity, assert_uncertain
from panlearn_checks.signature import assert_signature
from panlearn_checks.source import forbids, requires
from panlearn_checks.spectrum import assert_spectrum

__all__ = [
    "Approx",
    "Failure",
    "approx",
    "assert_allclose",
    "assert_figure",
    "assert_fit",
    "assert_frame",
    "assert_peak",
    "assert_quantity",
    "assert_signature",
    "assert_spectrum",
    "assert_uncertain",
    "forbids",
    "requires",
]
