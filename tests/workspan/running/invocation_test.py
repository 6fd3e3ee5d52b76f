# SPDX-License-Identifier: Apache-2.0
"""One invocation: the command line of the binary, and how its end is classified."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_results import case, encoded, without_times

from workspan.process.child import ChildOutcome
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Journal, Status
from workspan.running import invocation
from workspan.running.invocation import Request, run_invocation

SEQ, OMP = "copy/seq/n:8/threads:1", "copy/omp/n:8/threads:1"
FIELDS: dict[str, Any] = {
    "bench": Path("/x/bench"),
    "workload": "copy",
    "cpus": [0],
    "budget": 2.5,
    "timeout": 9.0,
}
Measure = Callable[..., Journal]


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Runs a request whose child ends like this, and leaves this result file."""

    def run(
        data: bytes | None = None,
        request: dict[str, Any] | None = None,
        later: str = "",  # the case of the progress after the last poll
        **end: Any,
    ) -> Journal:
        def child(of: Any, **more: Any) -> ChildOutcome:
            out = Path(of.command[of.command.index("--out") + 1])
            if data is not None:
                out.write_bytes(data)
            progress = {"case": OMP, "position": 1, "cases": 2, "left": 1.0}
            out.with_name("progress").write_text(json.dumps(progress))
            more["on_poll"]()
            if later:
                time.sleep(0.2)
                out.with_name("progress").write_text(json.dumps(progress | {"case": later}))
            return ChildOutcome(
                **{
                    "exit_code": 0, "signal": "", "timed_out": False, "out_of_memory": False,
                    "interrupted": False, "unkillable": False, "stderr": "", "stdout": "",
                    "peak_memory": 1e6, "user_seconds": 0.1, "system_seconds": 0.1,
                    "voluntary_switches": 1, "involuntary_switches": 2, "seconds": 0.3,
                }
                | end
            )  # fmt: skip

        monkeypatch.setattr("workspan.running.invocation.run_child", child)
        of = Request(**(FIELDS | (request or {})))
        return run_invocation(of, folder=tmp_path, watchdog=Watchdog())

    return run


GOOD = encoded([case(SEQ, [1e-6]), case(OMP, [1e-6])])
BAD = encoded([case(SEQ, [1e-6]), without_times(OMP, "failed", "element 3 is 7")])
OTHER = encoded([case("read/seq/n:8/threads:1", [1e-6])])


@pytest.mark.parametrize(
    ("data", "end", "status", "reason"),
    [
        (GOOD, {}, Status.OK, ""),
        (GOOD, {"exit_code": 3}, Status.OK, ""),
        (BAD, {"exit_code": 1}, Status.FAILED, f"{OMP}: element 3 is 7"),
        (GOOD, {"exit_code": 1, "stderr": "a\nb\n"}, Status.FAILED, "exit code 1: b"),
        (GOOD, {"exit_code": 4}, Status.CRASHED, "exit code 4 before the end"),
        (OTHER, {}, Status.CRASHED, "exit code 0 with the result of another workload"),
        (None, {}, Status.CRASHED, "exit code 0 without a result file"),
        (b"{", {}, Status.CRASHED, "exit code 0 with an invalid result file: "),
        (GOOD, {"timed_out": True}, Status.TIMEOUT, "did not end within 9 s"),
        (
            None,
            {"timed_out": True, "unkillable": True, "exit_code": None},
            Status.TIMEOUT,
            "did not end within 9 s, and survived SIGKILL",
        ),
        (None, {"exit_code": None, "signal": "SIGSEGV"}, Status.CRASHED, "SIGSEGV"),
        (None, {"exit_code": None}, Status.CRASHED, "did not end"),
        (None, {"out_of_memory": True}, Status.CRASHED, "out of memory (killed by the kernel)"),
    ],
)
def test_each_end_has_a_status_and_a_reason(
    data: bytes | None, end: dict[str, Any], status: Status, reason: str, measure: Measure
) -> None:
    journal = measure(data, **end)
    assert journal.record.status is status
    assert journal.record.reason.startswith(reason)
    assert bool(journal.record.reason) == bool(reason)
    assert (journal.result is not None) == (status in (Status.OK, Status.FAILED))
    # progress names the case to blame only if the process died
    assert journal.record.case == (OMP if status in (Status.CRASHED, Status.TIMEOUT) else "")


@pytest.mark.parametrize(("timeout", "blamed"), [(0.1, OMP), (60.0, SEQ)])
def test_cases_that_were_given_up_after_the_time_limit_are_not_to_blame(
    timeout: float, blamed: str, measure: Measure
) -> None:
    """The binary goes through them when it is asked to end."""
    assert measure(None, {"timeout": timeout}, later=SEQ, exit_code=None).record.case == blamed


def test_a_memory_limit_is_named(measure: Measure) -> None:
    record = measure(None, {"memory_limit": 3e8}, out_of_memory=True).record
    assert record.reason == "out of memory (over the limit of 300 MB)"


def test_the_command_line_and_the_record(measure: Measure, tmp_path: Path) -> None:
    options = {"options": ("--seed", "1"), "excluded": (SEQ, "copy/omp/n:1.5/threads:1")}
    record = measure(GOOD, {**options, "number": 2, "attempt": 3}).record
    words = record.arguments
    assert words[:5] == ["/x/bench", "--workload", "copy", "--seed", "1"]
    assert f"--benchmark_filter=-^({SEQ}|copy/omp/n:1[.]5/threads:1)$" in words
    assert words[words.index("--budget") + 1] == "2.5s"
    assert (record.number, record.attempt, record.cpus) == (2, 3, [0])
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_is_not_an_outcome(measure: Measure, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        measure(GOOD, interrupted=True)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_not_the_workloads_fault(
    measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as error:
        measure(None)
    assert error.value.filename == str(tmp_path)


def test_processes_of_a_run_share_what_fftw_measured(
    measure: Measure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    measure(GOOD)
    child = invocation.run_child
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(
        invocation, "run_child", lambda of, **more: seen.append(of.environment) or child(of, **more)
    )
    request = Request(**FIELDS, environment={"OMP_DYNAMIC": "false"})
    run_invocation(request, folder=tmp_path, watchdog=Watchdog())
    wisdom = str(tmp_path / ".fftw-wisdom")
    assert seen == [{"OMP_DYNAMIC": "false", "WORKSPAN_FFTW_WISDOM": wisdom}]
