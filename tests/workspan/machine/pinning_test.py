# SPDX-License-Identifier: Apache-2.0
"""CPU lists, OpenMP variables, and the affinity masks of the real binary's threads."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspan.machine.pinning import (
    binding_warning,
    choose_cpus,
    cores_first,
    format_cpus,
    openmp_environment,
    parse_cpus,
    usable_cpus,
)
from workspan.process import child as process
from workspan.process.watchdog import Watchdog, members
from workspan.resultfile.model import Status
from workspan.running.bench_binary import find_bench
from workspan.running.invocation import Request, run_invocation
from workspan.support.errors import UsageError

Watch = Callable[..., "Watched"]


@pytest.mark.parametrize(
    ("text", "cpus"),
    [
        ("0", [0]),
        ("0-3,6", [0, 1, 2, 3, 6]),
        ("6,0-3", [0, 1, 2, 3, 6]),
        ("2,2,1-2", [1, 2]),
        (" 1 , 3-3 ", [1, 3]),
    ],
)
def test_lists_of_cpus(text: str, cpus: list[int]) -> None:
    assert parse_cpus(text) == cpus


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "a",
        "1-",
        "-1",
        "3-1",
        "0-3,",
        "1.5",
        "0x1",
        "99999999",
        "0-65536",
        "0-9999999",
        "\u0661",
        "1 2",
    ],
)
def test_invalid_lists_are_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="--cpus"):
        parse_cpus(text)


@given(st.sets(st.integers(0, 65535), max_size=40))
def test_lists_are_read_back(cpus: set[int]) -> None:
    assert not cpus or parse_cpus(format_cpus(cpus)) == sorted(cpus)


def test_lists_are_short() -> None:
    assert format_cpus([6, 2, 0, 1, 2]) == "0-2,6"
    assert format_cpus([]) == ""


def test_only_usable_cpus_can_be_chosen() -> None:
    assert choose_cpus("1-2", [0, 1, 2]) == [1, 2]
    assert choose_cpus(None, [2, 0]) == [0, 2]
    with pytest.raises(UsageError, match=r"may not use CPU 3-4, only 0-2"):
        choose_cpus("0,3-4", [0, 1, 2])
    assert choose_cpus(None) == usable_cpus()


@pytest.mark.parametrize("threadings", [["team"], ["team", "team"], iter(["team"])])
def test_openmp_threads_are_bound_if_alone(threadings: list[str]) -> None:
    assert openmp_environment(threadings, [0, 2], {}, Path("/nowhere")) == {
        "OMP_PROC_BIND": "close",
        "OMP_PLACES": "{0},{2}",
    }


@pytest.mark.parametrize(
    "threadings",
    [[], ["one"], ["one", "team"], ["team", "own"], ["own"], ["team", "per_task"], ["per_task"]],
)
def test_no_thread_is_bound_beside_other_models(threadings: list[str]) -> None:
    assert openmp_environment(threadings, [0, 1], {}) == {}


@pytest.mark.parametrize("name", ["OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"])
def test_the_binding_of_the_user_stays(name: str) -> None:
    assert openmp_environment(["team"], [0, 1], {name: "spread"}) == {}


def test_cores_come_before_their_second_threads(tmp_path: Path) -> None:
    for cpu, siblings in {0: "0-1", 1: "0-1", 2: "2-3", 3: "2-3"}.items():
        file = tmp_path / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
        file.parent.mkdir(parents=True)
        file.write_text(siblings + "\n")
    assert cores_first([0, 1, 2, 3], tmp_path) == [0, 2, 1, 3]
    assert cores_first([3, 1, 2], tmp_path) == [1, 2, 3]
    assert (
        openmp_environment(["team"], [0, 1, 2, 3], {}, tmp_path)["OMP_PLACES"] == "{0},{2},{1},{3}"
    )


def bench() -> Path:
    try:
        return find_bench(
            Path(os.environ["BENCH"]) if "BENCH" in os.environ else None, Path(__file__).parent
        )
    except UsageError:
        pytest.skip("no binary is built")


@dataclass
class Watched:
    """The threads of one invocation of the real binary: affinity masks and CPU time in ticks."""

    binary: Path
    masks: dict[int, list[str]] = field(default_factory=dict)
    ticks: dict[int, int] = field(default_factory=dict)

    def look(self, token: str) -> None:
        """Reads all processes with the token that have already executed the binary."""
        for pid in members([], token):
            with contextlib.suppress(OSError):  # it has just ended
                if Path(f"/proc/{pid}/exe").resolve() == self.binary:
                    for task in Path(f"/proc/{pid}/task").iterdir():
                        self.note(
                            int(task.name),
                            (task / "status").read_text(),
                            (task / "stat").read_text(),
                        )

    def note(self, thread: int, status: str, stat: str) -> None:
        mask = next(
            line.split()[1] for line in status.splitlines() if line.startswith("Cpus_allowed_list:")
        )
        user, system = stat.rpartition(")")[2].split()[11:13]
        self.masks.setdefault(thread, []).append(mask)
        self.ticks[thread] = int(user) + int(system)

    def workers(self) -> dict[int, list[str]]:
        """The computing threads, without those of the round-trip probe (pinned, under 20 ms)."""
        return {thread: seen for thread, seen in self.masks.items() if self.ticks[thread] >= 5}

    def brief(self) -> list[str]:
        """The last masks of the others: of the probe, and of teams that are ended when idle."""
        return [seen[-1] for thread, seen in self.masks.items() if self.ticks[thread] < 5]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Watch:
    """Starts a short invocation as `workspan run` does, and polls it all the time."""
    monkeypatch.setattr(process, "TICK", 0.01)
    for name in ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"):
        monkeypatch.delenv(name, raising=False)

    def start(workload: str, variants: list[str], cpus: list[int], blocks: int = 60) -> Watched:
        watched = Watched(bench())
        threadings = [
            "team" if v == "omp" else "own" if v == "openblas" else "one" for v in variants
        ]
        options = (
            "--preset",
            "smoke",
            "--threads",
            str(len(cpus)),
            "--benchmark_repetitions",
            str(blocks),  # of 2 ms: a computing thread is told from others by its CPU time
            "--variant",
            ",".join(variants),
        )
        request = Request(
            watched.binary, workload, cpus, 1.0, 60.0, options, openmp_environment(threadings, cpus)
        )
        with Watchdog() as watchdog:
            # Before the first case, hwloc visits every CPU to query it.
            journal = run_invocation(
                request,
                folder=tmp_path,
                watchdog=watchdog,
                on_poll=lambda at: watched.look(watchdog.token) if at else None,
            )
        assert journal.record.status is Status.OK, journal.record.reason
        return watched

    return start


PROBING = 8  # threads of the round-trip probe at most; two of each pair, before and after a group
MIXED = [
    ("copy", ["seq"]),
    ("copy", ["memcpy"]),
    ("gemm", ["openblas"]),
    ("copy", ["seq", "memcpy", "omp"]),
    ("gemm", ["seq", "omp", "openblas"]),
]


@pytest.mark.parametrize(
    ("workload", "variants"),
    MIXED,
    ids=lambda value: "+".join(value) if isinstance(value, list) else value,
)
@pytest.mark.parametrize("count", [1, 2])
def test_all_threads_keep_the_whole_set(
    watch: Watch, workload: str, variants: list[str], count: int
) -> None:
    cpus = usable_cpus()[-count:]  # the last one: without pinning it would be the first, or all
    watched = watch(workload, variants, cpus)
    workers, brief, all_of_them = watched.workers(), watched.brief(), format_cpus(cpus)
    assert {mask for seen in workers.values() for mask in seen} == {all_of_them}
    if len(cpus) > 1:
        assert sum(mask != all_of_them for mask in brief) <= PROBING
        if {"omp", "openblas"} & set(variants):
            assert len(workers) + brief.count(all_of_them) >= len(cpus)


@pytest.mark.skipif(len(usable_cpus()) < 2, reason="one CPU")
def test_each_openmp_thread_keeps_one_cpu_of_its_own(watch: Watch) -> None:
    cpus = usable_cpus()[-2:]
    workers = watch("triad", ["omp"], cpus, blocks=250).workers()
    assert len(workers) == len(cpus)
    assert sorted(sorted(set(seen)) for seen in workers.values()) == [[str(cpu)] for cpu in cpus]


@pytest.mark.parametrize(
    ("variables", "variants", "words"),
    [
        ({}, {"copy": ["tbb"]}, ""),
        ({"OMP_PROC_BIND": "close"}, {}, ""),
        ({"OMP_PROC_BIND": "close"}, {"copy": []}, ""),
        ({"OMP_PROC_BIND": "false", "OMP_PLACES": "cores"}, {"copy": ["tbb"]}, ""),
        (
            {"OMP_PROC_BIND": "close"},
            {"copy": ["tbb"]},
            "OMP_PROC_BIND=close of the environment puts all threads of tbb of copy on",
        ),
        ({"OMP_PLACES": "a\nb"}, {"copy": ["tbb"]}, "OMP_PLACES=a<U+000A>b of"),
        (
            {"GOMP_CPU_AFFINITY": "0-1"},
            {"a": [], "b": ["tbb", "async"], "c": ["tbb"]},
            "async, tbb of b and of 1 more workload on",
        ),
    ],
)
def test_a_harmful_binding_of_the_user_is_reported(
    variables: dict[str, str], variants: dict[str, list[str]], words: str
) -> None:
    line = binding_warning(variants, variables)
    assert (words in line, bool(line)) == (True, bool(words)), line
