# SPDX-License-Identifier: Apache-2.0
"""Made-up cases with round rates, and the judgements on them."""

from typing import Any

from sample_results import case, result

from workspan.analysis.ratios.judge import Judgement, Judgements, judge_cases
from workspan.stats.ratios import Estimate


def judgements_of(cases: list[dict[str, Any]]) -> Judgements:
    return judge_cases(result(cases).workspan.cases)


def codes(of: Judgement) -> list[str]:
    """Of its warnings."""
    return [warning.code for warning in of.warnings]


def value(of: Estimate | None) -> float | None:
    """The number alone."""
    return of.value if of else None


def sized(mib: float) -> dict[str, float]:
    return {"host_shared": mib * 2**20, "host_case": 0.0, "device_case": mib * 2**20}


def timed(name: str, seconds: float, **changed: Any) -> dict[str, Any]:
    """A case in memory with 1 % of interval on each side; the scope is the variant's."""
    variant = name.split("/")[1]
    scope = "e2e" if variant == "cuda_e2e" else "kernel" if variant == "cuda" else "host"
    fields = {"scope": scope, "level": "memory", "footprint": sized(1024)} | changed
    return case(name, [seconds * 0.99, seconds, seconds * 1.01], **fields)


def moving(name: str, gigabytes: float, **changed: Any) -> dict[str, Any]:
    """A case with this rate per second."""
    cost = {"flops": 0.0, "bytes": 1e9, "items": 1.0}
    return timed(name, 1 / gigabytes, cost=cost, **changed)


def computing(name: str, gigaflops: float, **changed: Any) -> dict[str, Any]:
    cost = {"flops": 1e9, "bytes": 1000.0, "items": 1.0}
    return timed(name, 1 / gigaflops, cost=cost, **changed)
