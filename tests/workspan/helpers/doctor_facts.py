# SPDX-License-Identifier: Apache-2.0
"""Facts about a good machine, and about one with a single fault."""

import functools
import json
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import msgspec
from paths import ROOT

from workspan.doctor.checks import CHECKS
from workspan.doctor.finding import Facts, Finding, Severity
from workspan.resultfile.model import ResultFile, State
from workspan.resultfile.read import read_result

OK, NOTE, WARNING = Severity
QUIET = State(
    at=100.0, load=0.1, busy=50.0, steal=1.0, pressure_cpu=2.0, pressure_memory=0.0, swapped_pages=5
)
GPU = {
    "name": "H200",
    "bus_id": "0000:17:00.0",
    "multiprocessors": 132,
    "compute_capability": "9.0",
    "memory": 1.5e11,
    "l2": 6.3e7,
    "clock_mhz": 1980.0,
    "memory_clock_mhz": 3201.0,
}


@functools.cache
def _plan_json() -> str:
    tree: dict[str, Any] = msgspec.to_builtins(read_result(next(ROOT.glob("results/*/quick.json"))))
    tree["benchmarks"] = []
    ours = tree["workspan"]
    ours["run"].setdefault("all_threads", 2)
    ours["cases"] = [case for case in ours["cases"] if case["workload"] == "copy"]
    for case in ours["cases"]:
        if case["status"] == "ok":
            case.update(status="planned")
            for field in ("time", "interval", "stopped", "invocations", "counters"):
                case.pop(field, None)
    ours["build"].update(git_dirty="no", type="Release", sanitizers="")
    ours["environment"]["variables"] = {}
    ours["machine"]["limits"].update(allowed_cpus=[0, 1], cpu_quota="unlimited")
    ours["machine"]["cuda"]["gpus"] = [GPU]
    return json.dumps(tree)


def plan_tree() -> dict[str, Any]:
    """The answer of a dry run on a good machine, as JSON."""
    tree: dict[str, Any] = json.loads(_plan_json())
    return tree


def facts(before: State = QUIET, after: State | None = None, **changes: Any) -> Facts:
    """A good machine except for the changes: machine__limits__cpu_quota=1.5."""
    tree = plan_tree()
    for path, value in changes.items():
        place = tree["workspan"]
        *folders, last = path.split("__")
        for folder in folders:
            place = place[folder]
        place[last] = value
    return Facts(
        msgspec.convert(tree, ResultFile),
        before,
        after or msgspec.structs.replace(QUIET, at=101.0),
        autogroup="0",
        schedstat="1021 44658 1",
    )


def find(topic: str, findings: Iterable[Finding]) -> Finding:
    """The finding about this topic; of several a warning."""
    found = [finding for finding in findings if finding.topic == topic]
    return max(found, key=lambda finding: finding.severity is WARNING)


def watched(**changes: Any) -> Facts:
    """A good machine, and these values after the second in which it was watched."""
    return facts(after=msgspec.structs.replace(QUIET, at=101.0, **changes))


def findings(of: Facts, checks: ModuleType) -> Iterator[Finding]:
    """The findings of the checks of one module."""
    for check in CHECKS:
        if check.__module__ == checks.__name__:
            yield from check(of)
