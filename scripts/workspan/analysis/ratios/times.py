# SPDX-License-Identifier: Apache-2.0
"""Times of cases: how well they are known, and their plain ratios."""

from workspan.resultfile.model import LARGEST, Case


def relative_half_width(case: Case) -> float | None:
    """Half the width of the interval over the time: `+-`; None without an interval."""
    if case.time is None or not isinstance(case.interval, tuple):
        return None
    return (case.interval[1] - case.interval[0]) / 2 / case.time


def is_noisy(case: Case, target: float) -> bool:
    """Whether its interval is wider than the target, or there is none."""
    half_width = relative_half_width(case)
    return half_width is None or half_width > target


def time_ratio(other: Case | None, case: Case, scale: float = 1) -> float | None:
    """T_other / T_case, times `scale`; None if one of them has no time."""
    return ratio_to(other.time * scale, case) if other and other.time else None


def ratio_to(seconds: float, case: Case) -> float | None:
    """`seconds`, which no case measured, / T_case; None if the case has no time."""
    return quotient(seconds, case.time or 0.0)


def per_second(amount: float, case: Case) -> float | None:
    """`amount`, the work of a run, / T_case."""
    return quotient(amount, case.time or 0.0)


def rate_interval(amount: float, case: Case) -> tuple[float, float] | None:
    """Of `amount` / T_case; None without an interval of the time."""
    if not isinstance(case.interval, tuple):
        return None
    low, high = (quotient(amount, seconds) for seconds in reversed(case.interval))
    return (low, high) if low and high else None


def quotient(above: float, below: float) -> float | None:
    """None if it is not positive and finite."""
    ratio = above / below if below > 0 else 0.0
    return ratio if 0 < ratio <= LARGEST else None
