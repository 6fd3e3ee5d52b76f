# SPDX-License-Identifier: Apache-2.0
"""Made-up files whose samples have blocks, with a ceiling beside, on a machine that changes.

Every block has its own mood, a factor on the rates of one thread and of the team: so the speedup
changes with the machine, and what the code makes of it does not.
"""

import json
from collections.abc import Collection, Mapping
from statistics import median
from typing import Any

import numpy as np
from sample_results import case, record, tree

from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.model import Journal, ResultFile
from workspan.resultfile.read import decode_result

SEQ, ONE, TEAM = (
    f"reduce/{v}/threads:{p}" for v, p in (("seq/n:8", 1), ("omp/n:8", 1), ("omp/n:8", 2))
)
CUDA, E2E = "reduce/cuda/n:8/threads:1", "reduce/cuda_e2e/n:8/threads:1"
Blocks = Mapping[int, float]


def samples(
    wall: Blocks, threads: int = 1, *, disturbed: Collection[int] = (), scope: str = "host"
) -> dict[str, Any]:
    """The samples of one process as JSON. wall: by block; disturbed: blocks."""
    count = len(wall)
    fields = {
        "wall": [*wall.values()],
        "cpu": [w * threads for w in wall.values()],
        "iterations": 7,
        "runs": [7] * count,
        "block": [*wall],
        "at": [0.1 * k for k in wall],
        "waited": [1e-3 if k in disturbed else 0.0 for k in wall],
        "clean": [k not in disturbed for k in wall],
    }
    return fields | ({"cpu_share": 1.0} if scope == "host" else {})


def in_blocks(
    name: str, wall: Blocks, *, disturbed: Collection[int] = (), **changed: Any
) -> dict[str, Any]:
    """A case of one process as JSON; its interval is wide enough for any sample."""
    clean = [w for k, w in wall.items() if k not in disturbed]
    counting = clean if len(clean) >= 6 else [*wall.values()]
    fields = case(name, [*wall.values()], **({"level": "memory"} | changed))
    threads, scope = fields["threads"], fields["scope"]
    measured = {
        "time": median(counting),
        "interval": [min(counting), max(counting)],
        "invocations": [samples(wall, threads, disturbed=disturbed, scope=scope)],
    }
    return fields | {k: v for k, v in measured.items() if k not in changed}


def ceiling(
    name: str, wall: Blocks, group: str, *, disturbed: Collection[int] = (), **changed: Any
) -> dict[str, Any]:
    """A ceiling beside the group of the case of that name, as JSON."""
    workload, variant, n, *keys, threads = name.split("/")
    of, _, of_n, *of_keys, _ = group.split("/")
    scope = "kernel" if variant == "cuda" else "host"
    fields = {
        "workload": workload,
        "variant": variant,
        "n": int(n[2:]),
        "keys": dict(key.split(":") for key in keys),
        "threads": int(threads[8:]),
        "scope": scope,
        "level": "memory",
        "rate_unit": "bytes",
        "cost": {"flops": 0.0, "bytes": 16384.0, "items": 1024.0},
        "group": {
            "workload": of,
            "n": int(of_n[2:]),
            "keys": dict(key.split(":") for key in of_keys),
        },
        "samples": samples(wall, int(threads[8:]), disturbed=disturbed, scope=scope),
    }
    return fields | changed


def file_with(cases: list[dict[str, Any]], beside: list[dict[str, Any]]) -> dict[str, Any]:
    """A whole file of one process as JSON."""
    file = tree(cases)
    file["workspan"]["beside"] = beside
    return file


def decoded(file: dict[str, Any]) -> ResultFile:
    return decode_result(json.dumps(file).encode(), "sample")


def process(
    number: int, cases: list[dict[str, Any]], beside: list[dict[str, Any]], **changed: Any
) -> Journal:
    """What one process of a run left."""
    workload = cases[0]["workload"]
    return Journal(
        record=record(workload, number, **changed), result=decoded(file_with(cases, beside))
    )


def merged(journals: list[Journal]) -> ResultFile:
    """The run of these processes."""
    assert journals[0].result
    request = RunRequest(["run"], "quick", len(journals))
    return merge_run(journals, journals[0].result, request, complete=True)


class ChangingMachine:
    """reduce on a machine with moods: truths is what each sample has in common.

    noise: of each sample; moods: of the blocks, of one thread and of the team.
    """

    def __init__(self, seed: int, blocks: int = 12, noise: float = 0.0, moods: float = 0.5) -> None:
        self._random = np.random.default_rng(seed)
        self._blocks, self._noise, self._moods = blocks, noise, moods
        self.speedup, self.machine, self.share = 1.5, 1.6, 0.5  # without moods

    def journal(self, number: int) -> Journal:
        """One process, whose moods are its own."""
        one, team, device = np.exp(self._random.normal(0, self._moods, (3, self._blocks)))
        cases = [
            in_blocks(SEQ, self._walls(1.0, one)),
            in_blocks(ONE, self._walls(1.2, one)),
            in_blocks(TEAM, self._walls(1 / self.speedup, team)),
            in_blocks(CUDA, self._walls(0.1, device), scope="kernel"),
        ]
        beside = [
            ceiling("read/omp/n:9/threads:1", self._walls(self.share, one), SEQ),
            ceiling("read/omp/n:9/threads:2", self._walls(self.share / self.machine, team), SEQ),
            ceiling("read/cuda/n:9/threads:1", self._walls(0.09, device), SEQ),
        ]
        return process(number, cases, beside)

    def run(self, processes: int) -> ResultFile:
        """A run of so many processes."""
        return merged([self.journal(k) for k in range(1, processes + 1)])

    def _walls(self, seconds: float, mood: Any) -> dict[int, float]:
        noise = np.exp(self._random.normal(0, self._noise, self._blocks))
        return {k: float(t) for k, t in enumerate(seconds * mood * noise, 1)}


def gpu_run() -> ResultFile:
    """Three processes of a host and a GPU, whose kernel is fast and whose transfers are slow."""
    blocks = dict.fromkeys(range(1, 9), 1.0)
    times = {SEQ: 1.0, TEAM: 0.5, CUDA: 0.1, E2E: 2.0}
    scopes = {CUDA: "kernel", E2E: "e2e"}
    cases = [
        in_blocks(name, dict.fromkeys(blocks, t), scope=scopes.get(name, "host"))
        for name, t in times.items()
    ]
    beside = [
        ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(blocks, t), SEQ)
        for p, t in ((1, 0.4), (2, 0.25))
    ]
    return merged([process(k, cases, beside) for k in (1, 2, 3)])
