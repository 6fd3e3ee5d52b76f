# SPDX-License-Identifier: Apache-2.0
"""A run from its first invocation to its last, with invocations that take no time."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sample_results import case, journal
from sample_runs import OMP, SEQ, manifest

from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Journal
from workspan.running import runner
from workspan.running.invocation import Request
from workspan.running.manifest import Options
from workspan.running.rounds import Narrowed, Round
from workspan.running.run_folder import RunFolder, create, read_run
from workspan.running.runner import make_request, measure_all
from workspan.running.schedule import Step
from workspan.support.errors import UsageError

OPTIONS = Options(invocations=2)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    bench = tmp_path / "bench"
    bench.write_bytes(b"binary")
    digest = hashlib.sha256(b"binary").hexdigest()
    return create(
        tmp_path / "runs", "x", manifest(options=OPTIONS, bench=str(bench), sha256=digest), 1
    )


def measure(
    folder: RunFolder, stop: Any = None, round_: Round | None = None
) -> tuple[bool, list[str]]:
    """Whether the run is complete, and the order of its events."""
    events: list[str] = []
    complete = measure_all(
        folder,
        watchdog=Watchdog(),
        stop=stop or SimpleNamespace(received=0),
        show=lambda step, progress: events.append(f"show {step.number}"),
        on_finish=lambda one: events.append(f"finish {one.record.number}"),
        round_=round_,
    )
    folder.close()
    return complete, events


def test_each_invocation_is_saved_before_the_next_one(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(request: Request, **more: Any) -> Journal:
        assert len(read_run(folder.path)[1]) == request.number - 1
        return journal([case(OMP, [1e-6])], "copy", request.number)

    monkeypatch.setattr(runner, "run_invocation", run)
    assert measure(folder) == (True, ["show 1", "finish 1", "show 2", "finish 2"])
    assert [j.record.number for j in read_run(folder.path)[1]] == [1, 2]


def test_a_stop_signal_ends_it_between_invocations(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = SimpleNamespace(received=0)

    def run(request: Request, **more: Any) -> Journal:
        stop.received = 1
        return journal([case(OMP, [1e-6])], "copy", request.number)

    monkeypatch.setattr(runner, "run_invocation", run)
    assert measure(folder, stop) == (False, ["show 1", "finish 1"])
    assert len(read_run(folder.path)[1]) == 1


def test_an_interrupted_invocation_is_not_saved(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(request: Request, **more: Any) -> Journal:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run_invocation", run)
    assert measure(folder) == (False, ["show 1"])
    assert read_run(folder.path)[1] == []


def test_an_invocation_of_a_rebuilt_binary_is_not_saved(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(request: Request, **more: Any) -> Journal:
        request.bench.write_bytes(b"another")
        return journal([case(OMP, [1e-6])], "copy", request.number)

    monkeypatch.setattr(runner, "run_invocation", run)
    with pytest.raises(UsageError, match="changed while it was measured; restore the old one"):
        measure(folder)
    assert read_run(folder.path)[1] == []


@pytest.mark.parametrize(
    ("excluded", "bound"), [((), False), ((SEQ,), True), ((SEQ, OMP), False), ((OMP,), False)]
)
def test_threads_are_bound_if_all_remaining_cases_are_openmp(
    excluded: tuple[str, ...], bound: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "KMP_AFFINITY"):
        monkeypatch.delenv(name, raising=False)
    request = make_request(manifest((SEQ, OMP)), Step("copy", 1, 1, excluded, 2.0))
    assert bool(request.environment) == bound
    assert request.excluded == excluded


def test_an_invocation_of_a_round_has_its_sizes_and_variants() -> None:
    options = Options(sizes=("8",), variant=("seq", "omp", "cuda"), seed=7)
    step = Step("copy", 6, 1, (), 2.0, sizes=(16, 32), variants=("seq", "cuda"))
    request = make_request(manifest(options=options), step)
    assert request.sizes == (16, 32)
    words = "--preset quick --seed 7 --variant seq,cuda --sizes 16,32"
    assert request.options == tuple(words.split())
    assert make_request(manifest(options=options), Step("copy", 1, 1, (), 2.0)).sizes == ()


def test_of_a_round_only_its_invocations_are_measured(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(request: Request, **more: Any) -> Journal:
        sizes = list(request.sizes)
        return journal([case(OMP, [1e-6])], "copy", request.number, sizes=sizes)

    monkeypatch.setattr(runner, "run_invocation", run)
    cases = tuple(folder.manifest.plan.workspan.cases)
    found = Round(folder.manifest, [Narrowed("copy", (16,), ("omp",), cases, 2)])
    assert measure(folder, round_=found) == (True, ["show 3", "finish 3", "show 4", "finish 4"])
    assert [j.record.sizes for j in read_run(folder.path)[1]] == [[16], [16]]


def test_the_timeout_grows_with_the_budget() -> None:
    step = Step("copy", 1, 2, (), 3.0)
    request = make_request(manifest(memory_limit=5.0), step)
    assert (request.timeout, request.budget, request.attempt) == (60 + 30, 3.0, 2)
    assert request.memory_limit == 5.0
    assert make_request(manifest(options=Options(timeout=4.0)), step).timeout == 4.0
