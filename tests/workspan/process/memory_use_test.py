# SPDX-License-Identifier: Apache-2.0
"""Memory of a process and its descendants, and what the kernel's peak value says about it."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workspan.process import memory_use
from workspan.process.memory_use import (
    oom_kills,
    peak_bytes,
    proportional_bytes,
    resident_bytes,
)

OURS = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB


def test_the_memory_of_children_counts() -> None:
    alone = resident_bytes(os.getpid())
    script = "x = b'x' * 50_000_000; print('', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-IS", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        together, own = resident_bytes(os.getpid()), resident_bytes(child.pid)
        child.kill()
    assert own > 50e6
    assert together == pytest.approx(alone + own, abs=20e6)


def test_a_page_of_two_processes_counts_half_for_each() -> None:
    script = (
        "import os; x = b'x' * 50_000_000; child = os.fork()\n"
        "if child: print('', flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-IS", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        parent.stdout.readline()
        resident, proportional = resident_bytes(parent.pid), proportional_bytes(parent.pid)
    assert resident > 100e6
    assert 50e6 < proportional < 80e6


def test_without_proportional_shares_the_resident_memory_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_use.Path, "read_text", lambda *_: "Rss: 1 kB\n")
    assert proportional_bytes(os.getpid()) == resident_bytes(os.getpid()) > 0


def test_an_ended_process_has_none() -> None:
    assert resident_bytes(2**22 + 1) == proportional_bytes(2**22 + 1) == 0.0


def test_a_peak_below_ours_may_be_our_own() -> None:
    """Before exec the child is a copy of this process."""
    low, high = SimpleNamespace(ru_maxrss=OURS // 2), SimpleNamespace(ru_maxrss=10 * OURS)
    assert peak_bytes(low, 0.0) == "unknown"
    assert peak_bytes(low, 5e6) == 5e6
    assert peak_bytes(high, 5e6) == 10 * OURS * 1024
    assert peak_bytes(high, 1e15) == 1e15


def test_kills_are_counted_since_boot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    monkeypatch.setattr(memory_use, "Path", lambda name: vmstat)
    assert oom_kills() == 0
    vmstat.write_text("oom_kill_x 4\noom_kill 3\npswpin 1\n")
    assert oom_kills() == 3
