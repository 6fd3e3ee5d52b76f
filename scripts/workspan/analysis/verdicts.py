# SPDX-License-Identifier: Apache-2.0
"""What an expert would say of each problem of a run: findings, as codes with their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate

Number = Estimate | float | int | str  # str: the name of a case, a workload or a variant


@dataclass(frozen=True)
class Finding:
    """A statement by its code, with its numbers by name."""

    code: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The findings on one workload, size and keys. case: the name of the host code they are on."""

    workload: str
    n: int
    keys: Mapping[str, str]
    case: str
    findings: tuple[Finding, ...]


def verdicts(file: ResultFile) -> tuple[Verdict, ...]:
    """One of each problem, by workload, the largest size first."""
    raise NotImplementedError
