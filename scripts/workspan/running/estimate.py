# SPDX-License-Identifier: Apache-2.0
"""Estimates for a run before it starts: cases, memory, time and disk space."""

import math
import re
from typing import Final

from workspan.resultfile.model import Case, Status
from workspan.running.manifest import Manifest
from workspan.running.rounds import Round
from workspan.running.schedule import UNLIMITED, run_budget
from workspan.support.text import plain, quantity
from workspan.support.units import format_bytes, format_duration

CASE_BYTES: Final = 4 << 10  # of a case and its ceiling beside, without samples: twice the observed
FILE_BYTES: Final = 64 << 10  # everything else in the file of one invocation
SAMPLE_BYTES: Final = 190  # of cases and ceilings alike
SAMPLES_PER_SECOND: Final = 200  # of a process at most; 150 were observed, each of at least 2 ms


def folder_name(manifest: Manifest) -> str:
    """20261122T145125Z-host-quick: sorts by time, and is a valid file name everywhere."""
    host = re.sub(r"[^A-Za-z0-9-]", "-", manifest.plan.workspan.machine.host)[:64]
    return f"{re.sub('[^0-9TZ]', '', manifest.started)}-{host}-{manifest.options.preset}"


def expected_bytes(manifest: Manifest) -> int:
    """All invocations, the merged result, and one temporary file during a write."""
    invocations = run_budget(manifest.options).invocations
    samples = planned_seconds(manifest) / invocations * SAMPLES_PER_SECOND
    once = len(manifest.plan.workspan.cases) * CASE_BYTES + len(manifest.workloads) * FILE_BYTES
    return (2 * invocations + 1) * math.ceil(once + samples * SAMPLE_BYTES)


def planned_seconds(manifest: Manifest) -> float:
    """Upper bound of the measuring time; without a limit, set-up and verification are extra."""
    budget = run_budget(manifest.options)
    return budget.seconds or UNLIMITED * budget.invocations * len(manifest.workloads)


def estimate_text(manifest: Manifest) -> str:
    """One line per workload, then the totals; for --dry-run."""
    cases = manifest.plan.workspan.cases
    lines = [
        _workload_line(name, [c for c in cases if c.workload == name])
        for name in dict.fromkeys(c.workload for c in cases)
    ]
    more = ["then the sizes of --break-even, which depend on the times of these"]
    lines += [totals_line(manifest), *(more if manifest.options.break_even else [])]
    return "".join(plain(line) + "\n" for line in lines)


def totals_line(manifest: Manifest) -> str:
    """The cost of the whole run in one line."""
    budget, count = (
        run_budget(manifest.options),
        sum(map(_is_planned, manifest.plan.workspan.cases)),
    )
    workloads = len(manifest.workloads)
    return (
        f"{quantity(count, 'case')} of {quantity(workloads, 'workload')}, "
        f"{quantity(budget.invocations * workloads, 'process')}, "
        f"at most {format_duration(planned_seconds(manifest))} of measuring (plus set-up"
        f" and verification), at most {format_bytes(expected_bytes(manifest))} of disk space"
    )


def remaining_line(manifest: Manifest, left: int) -> str:
    """The remaining cost of a resumed run in one line."""
    total = run_budget(manifest.options).invocations * len(manifest.workloads)
    seconds = planned_seconds(manifest) * left / total
    return (
        f"{quantity(left, 'invocation')} of {total} left, at most {format_duration(seconds)}"
        " of measuring"
    )


def round_line(found: Round) -> str:
    """The sizes of a round of `--break-even`, and their cost, in one line."""
    parts = [f"{p.workload} n = {', '.join(map(str, p.sizes))}" for p in found.parts.values()]
    processes = run_budget(found.manifest.options).invocations * len(parts)
    return plain(
        f"--break-even: {'; '.join(parts)}: {quantity(processes, 'process')}, "
        f"at most {format_duration(planned_seconds(found.manifest))} of measuring"
    )


def _workload_line(name: str, cases: list[Case]) -> str:
    planned = [case for case in cases if _is_planned(case)]
    if not planned:
        return f"{name}: nothing: {cases[0].reason}"
    host = max(case.footprint.on_host for case in planned)
    device = max((c.footprint.device_case for c in planned if c.scope != "host"), default=0)
    skipped = f", {len(cases) - len(planned)} skipped" if len(cases) > len(planned) else ""
    memory = f"up to {format_bytes(host)} of memory each" + (
        f", {format_bytes(device)} on the GPU" if device else ""
    )
    return f"{name}: {quantity(len(planned), 'case')} to measure{skipped}, {memory}"


def _is_planned(case: Case) -> bool:
    return case.status is Status.PLANNED
