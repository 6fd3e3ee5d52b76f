# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` from its options to its exit code."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from workspan.process.stop_signals import Stop
from workspan.process.watchdog import Watchdog
from workspan.resultfile.find import RESULT
from workspan.resultfile.model import InvocationRecord, Journal, ResultFile, Status
from workspan.running.ab.measure import ROOM, Amount, Measuring, amount_of
from workspan.running.ab.order import SideName
from workspan.running.ab.result import AbResult
from workspan.running.ab.sides import Side, common_workloads, create_folders
from workspan.running.bench_binary import checked, without_benchmark_variables
from workspan.running.manifest import Manifest, Options
from workspan.running.plan import make_manifest
from workspan.running.progress_bar import RunProgress
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import UsageError
from workspan.support.text import plain
from workspan.support.units import format_duration

SHARE = 0.7  # of a given time that may be measured, where no budget is given: the rest is for starting, and for repeats
DEFAULT_BUDGET = 3.0  # seconds


@dataclass(frozen=True)
class AbOrder:
    """The command line. environments: what is set for each side only. budget, options.time_budget: seconds, or None."""

    old: Path
    new: Path | None
    environments: Mapping[SideName, dict[str, str]]
    options: Options
    pairs: int
    budget: float | None
    results: Path
    output: Path | None
    arguments: Sequence[str]


def measure(order: AbOrder) -> AbResult:
    """Measures both sides. Raises WorkspanError where it cannot begin or cannot go on; KeyboardInterrupt where nothing was measured."""
    binaries: dict[SideName, Path] = {"a": checked(order.old), "b": checked(order.new or order.old)}
    if (
        binaries["a"] == binaries["b"]
        and order.environments["a"] == order.environments["b"]
        and order.new is None
    ):
        raise UsageError(
            "ab compares two: name a second binary, or give --env-a or --env-b; the same one twice asks how much noise there is"
        )
    for name in without_benchmark_variables():
        _say(f"{name} of the environment is not used")
    if order.output:
        check_writable(order.output, "--output")
    labels = _labels(order)
    with Watchdog() as watchdog, ExitStack() as stack:
        manifests: dict[SideName, Manifest] = {
            name: make_manifest(
                bench,
                watchdog.environment,
                order.options,
                order.arguments,
                side=order.environments[name],
                label=labels[name],
            )
            for name, bench in binaries.items()
        }
        workloads = common_workloads(manifests["a"], manifests["b"])
        _say_left_out(manifests, workloads)
        folder, folders = create_folders(order.results, manifests, stack)
        sides: dict[SideName, Side] = {
            name: Side(name, order.environments[name], folders[name]) for name in binaries
        }
        done, interrupted = _run(order, sides, workloads, watchdog)
        if not all(side.folder.journals for side in sides.values()):
            if any(side.folder.journals for side in sides.values()):
                _say(f"there is nothing to compare yet; one side of the first pair is in {folder}")
            raise KeyboardInterrupt
        old, new = (_merge(order, sides[name], done) for name in ("a", "b"))
        return AbResult(old, new, (labels["a"], labels["b"]), folder, done, interrupted)


def _run(
    order: AbOrder, sides: Mapping[SideName, Side], workloads: Sequence[str], watchdog: Watchdog
) -> tuple[bool, bool]:
    """Whether all was measured, and whether somebody asked to stop."""
    console = Console(stderr=True, highlight=False)
    amount = _amount(order, len(workloads))

    def invocations_left() -> int:
        return 2 * measuring.pairs_left()

    with (
        Stop() as stop,
        RunProgress(console, 2 * amount.pairs * len(workloads), invocations_left) as progress,
    ):

        def finished(side: Side, journal: Journal) -> None:
            if line := _trouble(side, journal.record):
                console.print(Text(line), soft_wrap=True)

        measuring = Measuring(sides, workloads, amount, watchdog, stop, progress.show, finished)
        if not console.is_terminal:
            time = (
                f"{format_duration(amount.seconds)} at most"
                if amount.seconds
                else f"about {format_duration(amount.room / ROOM)}"
            )
            _say(f"{amount.pairs} pairs of {', '.join(workloads)}: {time}")
        try:
            return measuring.run(), stop.asked > 0
        except OSError as error:
            raise UsageError(
                f"{error.filename or order.results}: {error.strerror or error}; what was measured before is kept"
            ) from None


def _trouble(side: Side, record: InvocationRecord) -> str:
    """One line about an invocation that did not go as it should; empty for one that did."""
    if record.status is Status.OK and not record.disturbed:
        return ""
    attempt = f" (attempt {record.attempt})" if record.attempt > 1 else ""
    case = f" in {record.case}" if record.case else ""
    what = (
        [f"{record.status.value}{case}: {record.reason}"] if record.status is not Status.OK else []
    )
    what += [f"disturbed: {', '.join(record.disturbed)}"] if record.disturbed else []
    return plain(
        f"{'old' if side.name == 'a' else 'new'}: {record.workload} {record.number}{attempt}: {'; '.join(what)}"
    )


def _amount(order: AbOrder, workloads: int) -> Amount:
    seconds = order.options.time_budget
    budget = order.budget
    if budget is None:
        budget = (
            DEFAULT_BUDGET
            if seconds is None
            else max(0.1, SHARE * seconds / (2 * order.pairs * workloads))
        )
    return amount_of(order.pairs, workloads, budget, seconds, order.options.seed)


def _merge(order: AbOrder, side: Side, done: bool) -> ResultFile:
    """All its invocations in one file beside them."""
    from workspan.analysis.merge import encode_result, merge_run

    manifest = side.folder.manifest
    result = merge_run(
        side.folder.journals,
        manifest.plan,
        complete=done,
        arguments=manifest.arguments,
        preset=order.options.preset,
        invocations=max(journal.record.number for journal in side.folder.journals),
    )
    write_atomically(side.folder.path / RESULT, encode_result(result))
    return result


def _labels(order: AbOrder) -> dict[SideName, str]:
    """What tells the sides apart: the binary, and what is set for it."""
    binaries: dict[SideName, Path] = {"a": order.old, "b": order.new or order.old}
    return {
        side: " ".join([str(path), *(f"{k}={v}" for k, v in order.environments[side].items())])
        for side, path in binaries.items()
    }


def _say_left_out(manifests: Mapping[SideName, Manifest], workloads: Sequence[str]) -> None:
    for side, manifest in manifests.items():
        if alone := [name for name in manifest.workloads if name not in workloads]:
            _say(f"only {'old' if side == 'a' else 'new'} can measure {', '.join(alone)}: left out")


def _say(line: str) -> None:
    print(plain(f"workspan: {line}"), file=sys.stderr)
