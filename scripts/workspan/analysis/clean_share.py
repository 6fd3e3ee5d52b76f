# SPDX-License-Identifier: Apache-2.0
"""How quiet the machine was: the share of samples whose threads had their CPUs."""

from collections.abc import Iterable

from workspan.resultfile.model import Case


def clean_share(cases: Iterable[Case]) -> float | None:
    """Of the samples that can tell: of counted processes, on one thread or an OpenMP team.

    None if there are none, as in files of older workspans or on kernels that do not account it.
    """
    known = [
        i.clean
        for case in cases
        if case.scope == "host" and case.threading in ("one", "team")
        for i in case.invocations
        if i.counted and i.waited and i.clean
    ]
    count = sum(map(len, known))
    return sum(map(sum, known)) / count if count else None
