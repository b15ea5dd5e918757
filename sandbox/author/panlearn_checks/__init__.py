"""What check cells have at hand: comparisons that say, in words, what came and what is accepted.

    assert bragg_angle(3.1355, 1.5406) == approx(14.22, abs=0.01)
    assert_allclose(curve(q), expected, rtol=1e-3)

Also usable in any notebook: nothing here needs PaN Learn.
"""

from __future__ import annotations

from panlearn_checks.approx import Approx, approx
from panlearn_checks.arrays import assert_allclose
from panlearn_checks.failure import Failure

__all__ = ["Approx", "Failure", "approx", "assert_allclose"]
