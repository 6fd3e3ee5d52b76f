# SPDX-License-Identifier: Apache-2.0
"""What a run will take: cases, memory, time, disk."""

import re

from workspan.resultfile.model import Case, Status
from workspan.running.manifest import Manifest
from workspan.running.schedule import UNLIMITED, amount
from workspan.support.text import counted, plain
from workspan.support.units import format_bytes, format_duration

CASE_BYTES = 6 << 10  # of a case in the file of one invocation; about twice what was seen
FILE_BYTES = 64 << 10  # of everything else in it


def folder_name(manifest: Manifest) -> str:
    """20261122T145125Z-host-quick: sorts by time, and is a file name everywhere."""
    host = re.sub(r"[^A-Za-z0-9-]", "-", manifest.plan.workspan.machine.host)[:64]
    return f"{re.sub('[^0-9TZ]', '', manifest.started)}-{host}-{manifest.options.preset}"


def expected_bytes(manifest: Manifest) -> int:
    """All invocations, the result merged from them, and one file more while it is written."""
    once = len(manifest.plan.workspan.cases) * CASE_BYTES + len(manifest.workloads) * FILE_BYTES
    return (2 * amount(manifest.options).invocations + 1) * once


def planned_seconds(manifest: Manifest) -> float:
    """Of measuring, at most; preparing and verifying comes on top where there is no limit in all."""
    planned = amount(manifest.options)
    return planned.seconds or UNLIMITED * planned.invocations * len(manifest.workloads)


def outlook(manifest: Manifest) -> str:
    """One line per workload, then the sums; for --dry-run."""
    cases = manifest.plan.workspan.cases
    lines = [
        _line(name, [c for c in cases if c.workload == name])
        for name in dict.fromkeys(c.workload for c in cases)
    ]
    return "".join(plain(line) + "\n" for line in [*lines, sums(manifest)])


def sums(manifest: Manifest) -> str:
    """In one line, what the whole run takes."""
    planned, count = amount(manifest.options), sum(map(_is_planned, manifest.plan.workspan.cases))
    return (
        f"{counted(count, 'case')} of {counted(len(manifest.workloads), 'workload')}, "
        f"{planned.invocations} x {counted(len(manifest.workloads), 'process')}, "
        f"{format_duration(planned_seconds(manifest))} of measuring (inputs and checks besides), {format_bytes(expected_bytes(manifest))} of disk at most"
    )


def rest(manifest: Manifest, left: int) -> str:
    """In one line, what a run that goes on still takes: its share of the time."""
    total = amount(manifest.options).invocations * len(manifest.workloads)
    return f"{counted(left, 'invocation')} of {total} left, {format_duration(planned_seconds(manifest) * left / total)} of measuring"


def _line(name: str, cases: list[Case]) -> str:
    planned = [case for case in cases if _is_planned(case)]
    if not planned:
        return f"{name}: nothing: {cases[0].reason}"
    host = max(case.footprint.on_host for case in planned)
    device = max(case.footprint.device_case for case in planned)
    skipped = f", {len(cases) - len(planned)} skipped" if len(cases) > len(planned) else ""
    memory = f"up to {format_bytes(host)} of memory each" + (
        f", {format_bytes(device)} on the GPU" if device else ""
    )
    return f"{name}: {counted(len(planned), 'case')}{skipped}, {memory}"


def _is_planned(case: Case) -> bool:
    return case.status is Status.PLANNED
