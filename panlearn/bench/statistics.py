"""What a benchmark says of its samples."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def summary(samples: Sequence[float]) -> dict[str, float | int]:
    """Median, 95th percentile, least and number of `samples`, in their unit, to two decimals."""
    if not samples:
        return {"p50": 0.0, "p95": 0.0, "min": 0.0, "n": 0}
    ordered = sorted(samples)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(p95, 2),
        "min": round(ordered[0], 2),
        "n": len(ordered),
    }
