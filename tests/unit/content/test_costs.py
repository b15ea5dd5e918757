"""What cells cost: who learners wait for long, and where memory gets short."""

from __future__ import annotations

from panlearn.content.costs import CellCost, dearest, note_costs
from panlearn.content.findings import Findings


def cost(line, seconds=0.1, memory=10.0):
    return CellCost(file="lesson.md", line=line, seconds=seconds, memory_mib=memory)


def noted(*costs):
    findings = Findings()
    note_costs(costs, 1000, findings)
    return [(one.code, one.severity.value, one.line) for one in findings.all]


def test_long_cells_and_the_first_that_leaves_little_memory_are_warnings():
    assert noted(cost(1), cost(5, seconds=31), cost(9, memory=700), cost(12, memory=800)) == [
        ("PL042", "warning", 5),
        ("PL042", "warning", 9),
    ]
    assert noted(cost(1, seconds=20, memory=500)) == []


def test_the_dearest_cells_are_named():
    said = dearest([cost(1), cost(5, seconds=3.21), cost(9, memory=70)])
    assert said == ("3 cells ran in 3.4 s; longest lesson.md:5, 3.2 s; most memory after lesson.md:9, 70 MiB.")
    assert dearest([]) == ""
