# SPDX-License-Identifier: Apache-2.0
"""Children that fail in every way: each is ended, classified, and leaves nothing behind."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workspan.process import child as process
from workspan.process.child import ChildOutcome, ChildRequest, run_child
from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import MARK, Watchdog, members
from workspan.support.errors import UsageError


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    with Watchdog() as dog:
        yield dog


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)


def run(command: list[str], watchdog: Watchdog, timeout: float, **more: Any) -> ChildOutcome:
    poll = {name: more.pop(name) for name in ("on_poll", "stop") if name in more}
    return run_child(ChildRequest(command, timeout, **more), watchdog=watchdog, **poll)


def sh(script: str, watchdog: Watchdog, timeout: float = 60, **more: object) -> ChildOutcome:
    return run(["sh", "-c", script], watchdog, timeout, **more)


def python(script: str, watchdog: Watchdog, timeout: float = 60, **more: object) -> ChildOutcome:
    return run([sys.executable, "-c", script], watchdog, timeout, **more)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition: object, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


def test_output_exit_code_and_resources_are_reported(watchdog: Watchdog) -> None:
    ended = sh("echo out; echo err >&2; exit 7", watchdog)
    assert (ended.exit_code, ended.signal, ended.stdout, ended.stderr) == (7, "", "out\n", "err\n")
    assert not (ended.timed_out or ended.out_of_memory or ended.interrupted or ended.unkillable)
    assert ended.voluntary_switches >= 0 and 0 < ended.seconds < 60


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL", "SIGRTMIN"])
def test_a_signal_is_named(name: str, watchdog: Watchdog) -> None:
    ended = sh(f"kill -{int(signal.Signals[name])} $$", watchdog)
    assert (ended.exit_code, ended.signal, ended.out_of_memory) == (None, name, False)


def test_a_hang_is_a_timeout(watchdog: Watchdog) -> None:
    ended = sh("echo begun >&2; sleep 1000", watchdog, timeout=0.3)
    assert ended.timed_out and ended.signal == "SIGTERM" and ended.stderr == "begun\n"


def test_a_child_that_ignores_sigterm_is_killed_with_its_children(
    watchdog: Watchdog, tmp_path: Path
) -> None:
    ended = sh(
        f"trap '' TERM; sleep 1000 & echo $! >{tmp_path}/pid; while :; do sleep 0.1; done",
        watchdog,
        timeout=0.3,
    )
    assert ended.timed_out and ended.signal == "SIGKILL" and not ended.out_of_memory
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_clean_exit_on_sigterm_is_still_a_timeout(watchdog: Watchdog) -> None:
    ended = sh("trap 'exit 0' TERM; while :; do sleep 0.05; done", watchdog, timeout=0.3)
    assert ended.timed_out and ended.exit_code == 0


def test_a_stopped_child_is_ended(watchdog: Watchdog) -> None:
    assert sh("kill -STOP $$", watchdog, timeout=0.3).timed_out


def test_a_flood_of_output_keeps_its_end(watchdog: Watchdog) -> None:
    ended = sh("head -c 50000000 /dev/zero | tr '\\0' x >&2; echo last words >&2; exit 1", watchdog)
    assert (
        len(ended.stderr) == process.TAIL_BYTES
        and ended.stderr.endswith("xlast words\n")
        and ended.exit_code == 1
    )


def test_an_endless_flood_of_output_is_a_timeout(watchdog: Watchdog) -> None:
    ended = sh("yes bla >&2", watchdog, timeout=0.5)
    assert ended.timed_out and ended.stderr.endswith("bla\n")
    assert len(ended.stderr) == process.TAIL_BYTES


def test_invalid_utf_8_is_replaced(watchdog: Watchdog) -> None:
    assert sh("printf 'a\\377b' >&2", watchdog).stderr == "a\N{REPLACEMENT CHARACTER}b"


def test_the_size_of_stdout_is_adjustable(watchdog: Watchdog) -> None:
    assert len(sh("head -c 3000000 /dev/zero", watchdog, stdout_bytes=1 << 22).stdout) == 3000000


BOMB = "a = []\nwhile True: a.append(b'x' * 4_000_000); import time; time.sleep(0.005)"


def test_a_memory_bomb_is_ended_at_the_limit(watchdog: Watchdog) -> None:
    ended = python(BOMB, watchdog, memory_limit=300e6)
    assert ended.out_of_memory and ended.signal == "SIGKILL" and not ended.timed_out
    assert isinstance(ended.peak_memory, float) and 200e6 < ended.peak_memory < 3e9


def test_a_memory_bomb_in_a_grandchild_counts_too(watchdog: Watchdog) -> None:
    assert python(
        f"import os\nif os.fork(): os.wait()\nelse:\n exec({BOMB!r})", watchdog, memory_limit=300e6
    ).out_of_memory


FORKS = """
import os, time
pages = bytearray(60_000_000)
for _ in range(8):
    if not os.fork():
        time.sleep(0.8)
        os._exit(0)
for _ in range(8):
    os.wait()
"""


def test_pages_that_forked_tasks_share_count_once(watchdog: Watchdog) -> None:
    ended = python(FORKS, watchdog, memory_limit=200e6)
    assert (ended.exit_code, ended.out_of_memory) == (0, False)
    assert isinstance(ended.peak_memory, float) and ended.peak_memory < 200e6


def test_a_kill_by_the_kernel_is_out_of_memory(
    watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([4, 5])
    monkeypatch.setattr(process, "oom_kills", lambda: next(counts))
    assert sh("kill -KILL $$", watchdog).out_of_memory


def test_peak_memory_is_the_childs_not_ours(watchdog: Watchdog) -> None:
    ballast = bytearray(150_000_000)
    small = sh("sleep 0.4", watchdog)
    large = python("a = b'x' * 600_000_000; import time; time.sleep(0.5)", watchdog)
    assert small.peak_memory == "unknown" or small.peak_memory < 50e6
    assert large.peak_memory == "unknown" or 600e6 < large.peak_memory < 700e6
    assert ballast


def test_grandchildren_that_keep_the_pipes_do_not_delay_us(
    watchdog: Watchdog, tmp_path: Path
) -> None:
    ended = sh(f"sleep 1000 & echo $! >{tmp_path}/pid; echo said", watchdog)
    assert ended.exit_code == 0 and ended.stdout == "said\n" and not ended.timed_out
    assert not alive(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("escape", ["setsid sleep 1000", "set -m; sleep 1000"])
def test_grandchildren_that_leave_the_group_are_ended(
    escape: str, watchdog: Watchdog, tmp_path: Path
) -> None:
    sh(f"{escape} & echo $! >{tmp_path}/pid; sleep 0.2", watchdog)
    assert wait_until(lambda: not alive(int((tmp_path / "pid").read_text())), 1)
    assert members([], watchdog.token) == []


def test_its_own_group_cpus_environment_and_stdin(watchdog: Watchdog) -> None:
    cpu = max(os.sched_getaffinity(0))
    script = "import os, sys; print(os.getpgid(0) == os.getsid(0) == os.getpid(),"
    script += "os.sched_getaffinity(0), os.environ['A'],"
    script += "sys.stdin.read() == '', open('/proc/self/oom_score_adj').read().strip())"
    assert (
        python(script, watchdog, cpus=[cpu], environment={"A": "b"}).stdout
        == f"True {{{cpu}}} b True 1000\n"
    )


def test_no_signal_is_ignored_or_blocked(watchdog: Watchdog) -> None:
    with StopSignals() as stop:
        lines = dict(
            line.split(":\t")
            for line in sh("cat /proc/self/status", watchdog, stop=stop).stdout.splitlines()
        )
    assert {int(lines[name], 16) for name in ("SigIgn", "SigBlk", "SigCgt")} == {0}


def test_it_is_polled_four_times_a_second(watchdog: Watchdog) -> None:
    looks: list[int] = []
    ended = sh("sleep 1.1", watchdog, on_poll=lambda: looks.append(1))
    assert 1 <= len(looks) <= ended.seconds / process.TICK + 1


def test_the_end_is_detected_at_once(watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TICK", 30)
    assert sh("sleep 0.1", watchdog).seconds < 20


def test_without_pidfd(watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(pid: int) -> int:
        raise OSError(38, "no such call")

    monkeypatch.setattr(os, "pidfd_open", none)
    assert sh("exit 4", watchdog).exit_code == 4


@pytest.mark.parametrize("command", ["/no/such/bench", "/", "/etc/passwd"])
def test_a_failed_start_is_one_line(command: str, watchdog: Watchdog) -> None:
    open_before = descriptors()
    with pytest.raises(UsageError, match=f"cannot start {command}: "):
        run_child(ChildRequest([command], timeout=1), watchdog=watchdog)
    assert descriptors() == open_before


def test_no_descriptor_stays_open(watchdog: Watchdog) -> None:
    sh("true", watchdog)
    before = descriptors()
    sh("true", watchdog)
    assert descriptors() == before


def test_an_exception_from_the_poll_ends_the_child(watchdog: Watchdog) -> None:
    def poll() -> None:
        raise OSError("the terminal is gone")

    with pytest.raises(OSError, match="terminal"):
        sh("sleep 1000", watchdog, on_poll=poll)
    assert members([], watchdog.token) == []


def test_a_second_stop_signal_skips_the_grace_period(
    watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE", 1000)
    with StopSignals() as stop:
        ended = sh(
            "trap '' TERM; while :; do sleep 0.1; done",
            watchdog,
            stop=stop,
            on_poll=lambda: os.kill(os.getpid(), signal.SIGINT),
        )
    assert ended.interrupted and ended.signal == "SIGKILL" and stop.received >= 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_without_stop_signals_ends_the_child(watchdog: Watchdog) -> None:
    with pytest.raises(KeyboardInterrupt):
        sh("sleep 1000", watchdog, on_poll=lambda: os.kill(os.getpid(), signal.SIGINT))
    assert members([], watchdog.token) == []


def test_a_killed_watchdog_is_started_again(watchdog: Watchdog) -> None:
    ended = sh(
        "kill -9 $(cat /proc/$PPID/task/$PPID/children | tr ' ' '\\n' | grep -v $$) ; exit 3",
        watchdog,
    )
    assert ended.exit_code == 3
    assert sh("sleep 1000 & exit 5", watchdog).exit_code == 5


def test_an_unkillable_child_is_given_up(
    watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    monkeypatch.setattr(process, "signal_group", lambda group, number: None)
    ended = sh("sleep 1000", watchdog, timeout=0.1)
    assert ended.unkillable and ended.timed_out and ended.exit_code is None


def test_the_mark_does_not_leak_into_our_environment(watchdog: Watchdog) -> None:
    sh("true", watchdog)
    assert MARK not in os.environ
