# SPDX-License-Identifier: Apache-2.0
"""What the link between host and GPU gives: copies of each kind, by their rate and their latency.

Their rates are measured ceilings, not those of any workload: what a kernel with transfers takes
longer than its kernel also has other causes.
"""

from collections import defaultdict
from dataclasses import dataclass

from workspan.analysis.ratios.ceilings import rate
from workspan.resultfile.model import Case, ResultFile


@dataclass(frozen=True)
class Link:
    """Copies of one kind. fastest: the case with the highest rate; smallest: that of the smallest
    size, whose time is about the latency.
    """

    variant: str  # h2d, d2h_pinned, ...
    fastest: Case
    smallest: Case


def links(file: ResultFile) -> tuple[Link, ...]:
    """One of each kind that was measured, in the order of the file."""
    of_kind: dict[str, list[Case]] = defaultdict(list)
    for case in file.workspan.cases:
        if case.subject == "transfers" and case.time:
            of_kind[case.variant].append(case)
    return tuple(
        Link(
            variant,
            max(cases, key=lambda c: rate(c, c.rate_unit)),
            min(cases, key=lambda c: c.n),
        )
        for variant, cases in of_kind.items()
    )
