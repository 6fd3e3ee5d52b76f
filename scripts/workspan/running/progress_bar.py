# SPDX-License-Identifier: Apache-2.0
"""Progress on stderr: the estimate, then a bar on a terminal, or a line per invocation elsewhere.

It is drawn without a thread, which would wake up during a measurement. Failing output (a closed
terminal) must not abort a measurement.
"""

import contextlib
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column
from rich.text import Text

from workspan.resultfile.model import Journal, Status
from workspan.running.bench_progress import BenchProgress
from workspan.running.schedule import Step
from workspan.support.text import plain, quantity
from workspan.support.units import format_duration

REFRESH = 1.0  # seconds between two updates of the bar


class RunProgress:
    """`with RunProgress(console, total, left) as progress:`.

    total: the number of invocations; left(): the number of those never tried.
    """

    def __init__(self, console: Console, total: int, left: Callable[[], int]) -> None:
        """Prints nothing yet."""
        self._console, self._total, self._left = console, total, left
        self._bar: Progress | None = None
        self._last_refresh = 0.0
        if console.is_terminal and not console.is_dumb_terminal:
            self._bar = Progress(
                BarColumn(bar_width=20),
                TextColumn(
                    "{task.fields[shown]}",
                    markup=False,
                    table_column=Column(no_wrap=True, overflow="ellipsis"),
                ),
                console=console,
                auto_refresh=False,
                transient=True,
            )
            self._task = self._bar.add_task("", total=total, shown="")

    def __enter__(self) -> "RunProgress":
        """Draws the bar."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Removes it."""
        if self._bar:
            with contextlib.suppress(OSError):
                self._bar.stop()

    def announce(self, estimate: str) -> None:
        """Prints the estimate; on a terminal, above the bar."""
        with contextlib.suppress(OSError):
            self._console.print(Text(plain(estimate)), soft_wrap=True)

    def show(self, step: Step, progress: BenchProgress | None) -> None:
        """Shows the current case and the time left; at most once a second."""
        now = time.monotonic()
        if self._bar and now - self._last_refresh >= REFRESH:
            self._last_refresh = now
            with contextlib.suppress(OSError):
                self._bar.update(
                    self._task,
                    completed=self._total - self._left(),
                    shown=self._text(step, progress),
                )
                self._bar.refresh()

    def _text(self, step: Step, progress: BenchProgress | None) -> str:
        untried = self._left()
        others = max(0, untried - 1) if step.attempt == 1 else untried
        left = others * step.budget + (progress.left if progress else step.budget)
        case = (
            f"{progress.case} ({progress.position} of {progress.cases})"
            if progress
            else step.workload
        )
        again = (
            f"attempt {step.attempt} at {step.workload} {step.number}  " if step.attempt > 1 else ""
        )
        return (
            f"{self._total - untried} of {self._total}  {again}{format_duration(left)} left  {case}"
        )

    def report(self, journal: Journal) -> None:
        """Prints one line per invocation; on a terminal only for those that went wrong."""
        record = journal.record
        if self._bar and record.status is Status.OK:
            return
        with contextlib.suppress(OSError):
            self._console.print(Text(self._line(journal)), soft_wrap=True)

    def _line(self, journal: Journal) -> str:
        record = journal.record
        cases = journal.result.workspan.cases if journal.result else []
        measured = sum(case.status is Status.OK for case in cases)
        words = [f"[{self._total - self._left()}/{self._total}] {record.workload} {record.number}"]
        words[0] += f" (attempt {record.attempt})" if record.attempt > 1 else ""
        words.append(
            record.status.value
            + (f", {quantity(measured, 'case')} in {record.seconds:.1f} s" if cases else "")
        )
        words += (
            [f"{record.case}: {record.reason}" if record.case else record.reason]
            if record.reason
            else []
        )
        words += [f"disturbed: {'; '.join(record.disturbed)}"] if record.disturbed else []
        return plain(f"{words[0]}: {'; '.join(words[1:])}")
