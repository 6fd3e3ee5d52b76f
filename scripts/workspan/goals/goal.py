# SPDX-License-Identifier: Apache-2.0
"""A promise about the numbers, and what was measured of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workspan.support.text import plain, quantity

MOST_SHOWN = 12  # details of one goal


@dataclass(frozen=True)
class Goal:
    """met: None if there was nothing to measure it by. details: rows that miss it, worst first."""

    goal: str
    measured: str
    met: bool | None
    details: Sequence[str] = field(default_factory=tuple)

    @property
    def verdict(self) -> str:
        """In a word."""
        return "nothing to judge" if self.met is None else "met" if self.met else "MISSED"


def share_goal(goal: str, misses: dict[str, float], rows: int, most: float, least: float) -> Goal:
    """That at least the share `least` of all rows has a relative difference of at most `most`.

    misses: the relative difference of each row, by its name.
    """
    if not rows:
        return Goal(goal, "no rows", None)
    within = sum(difference <= most for difference in misses.values())
    worst = sorted(misses.items(), key=lambda item: -item[1])
    details = [f"{name}: {difference * 100:.1f} %" for name, difference in worst]
    details = [line for line, (_, d) in zip(details, worst, strict=True) if d > most]
    text = f"{within} of {quantity(rows, 'row')}, {within / rows * 100:.0f} %"
    return Goal(goal, text, within >= least * rows, details)


def report(goals: Iterable[Goal]) -> str:
    """Goal, measured and verdict of each, with its details below."""
    lines = []
    for goal in goals:
        lines += [
            f"goal      {goal.goal}",
            f"measured  {goal.measured}",
            f"verdict   {goal.verdict}",
        ]
        lines += [f"          {plain(detail)}" for detail in goal.details[:MOST_SHOWN]]
        if (more := len(goal.details) - MOST_SHOWN) > 0:
            lines.append(f"          and {more} more")
        lines.append("")
    return "\n".join(lines)
