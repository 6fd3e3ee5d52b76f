# SPDX-License-Identifier: Apache-2.0
"""Checks of variables that change how threads wait, or what a library does."""

from collections.abc import Iterator
from typing import Final

from workspan.doctor.finding import Facts, Finding, note, warning

SPINNING: Final = ("GOMP_SPINCOUNT", "KMP_BLOCKTIME")
TEAMS: Final = ("OMP_DYNAMIC", "OMP_THREAD_LIMIT")
LIBRARIES: Final = ("OPENBLAS_", "MKL_")


def spinning(facts: Facts) -> Iterator[Finding]:
    """How long idle OpenMP threads spin decides how long the pauses between samples are."""
    variables = facts.plan.workspan.environment.variables
    if variables.get("OMP_WAIT_POLICY", "").lower() == "active":
        yield note(
            "OpenMP",
            "OMP_WAIT_POLICY=active: idle threads spin as long as they can, so that every pause "
            "between samples is the longest",
            "unset it, unless its effect is to be measured",
        )
    if found := [f"{name}={variables[name]}" for name in SPINNING if name in variables]:
        yield note(
            "OpenMP",
            f"{' '.join(found)}: decides how long idle threads spin",
            "unset it, unless its effect is to be measured",
        )


def teams(facts: Facts) -> Iterator[Finding]:
    """Variables that make teams smaller than a case says, of libraries that use OpenMP too."""
    variables = facts.plan.workspan.environment.variables
    harmless = ("OMP_DYNAMIC", "false")
    set_here = [(name, variables[name]) for name in TEAMS if name in variables]
    if found := [f"{k}={v}" for k, v in set_here if (k, v.lower()) != harmless]:
        yield warning(
            "OpenMP",
            f"{' '.join(found)}: teams may have fewer threads than a case says",
            "unset it; results to keep are measured with OMP_* unset",
        )


def libraries(facts: Facts) -> Iterator[Finding]:
    """Variables that bend a library: its rows would be shown as what it is worth."""
    variables = facts.plan.workspan.environment.variables
    if found := [f"{k}={v}" for k, v in variables.items() if k.startswith(LIBRARIES)]:
        yield warning(
            "libraries",
            f"{' '.join(found)}: the library may run below its worth",
            "unset it; results to keep are measured with OPENBLAS_* and MKL_* unset",
        )
