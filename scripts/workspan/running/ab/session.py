# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` from its options to the merged results of both sides."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.find import RESULT
from workspan.resultfile.model import InvocationRecord, Journal, ResultFile, Status
from workspan.running.ab.measure import ROOM, AbMeasurement, PairBudget, pair_budget
from workspan.running.ab.order import SIDE_WORDS, SideName
from workspan.running.ab.result import AbResult
from workspan.running.ab.sides import Side, common_workloads, create_folders
from workspan.running.bench_binary import remove_benchmark_variables, resolve_executable
from workspan.running.manifest import Manifest, Options
from workspan.running.plan import PlanRequest, make_manifest
from workspan.running.progress_bar import RunProgress
from workspan.running.run_folder import RunFolder
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import NothingError, UsageError, warn
from workspan.support.text import plain
from workspan.support.units import format_duration

SHARE = 0.7  # of a given time, for measuring; the rest is for process starts and repeats
DEFAULT_BUDGET = 3.0  # seconds


@dataclass(frozen=True)
class AbCommand:
    """The command line. environments: set for one side only. Times in seconds; None: default."""

    old: Path
    new: Path | None
    environments: Mapping[SideName, dict[str, str]]
    options: Options
    pairs: int
    budget: float | None
    results: Path
    output: Path | None
    arguments: Sequence[str]


def measure(command: AbCommand) -> AbResult:
    """Measures both sides. Raises WorkspanError, or KeyboardInterrupt if nothing was measured."""
    binaries = _binaries(command)
    for name in remove_benchmark_variables():
        warn(f"{name} of the environment is not used")
    if command.output:
        check_writable(command.output, "--output")
    labels = _labels(command)
    with Watchdog() as watchdog, ExitStack() as stack:
        manifests = _manifests(command, binaries, labels, watchdog)
        workloads = common_workloads(manifests["a"], manifests["b"])
        _warn_of_left_out(manifests, workloads)
        folder, folders = _create_folders(command, manifests, stack)
        sides: dict[SideName, Side] = {
            name: Side(name, command.environments[name], folders[name]) for name in binaries
        }
        done, interrupted = _measure_pairs(command, sides, workloads, watchdog)
        if not all(side.folder.journals for side in sides.values()):
            if any(side.folder.journals for side in sides.values()):
                warn(f"nothing to compare yet; one side of the first pair is in {folder}")
            raise KeyboardInterrupt
        old, new = (_merge(command, sides[name], done) for name in ("a", "b"))
        return AbResult(old, new, (labels["a"], labels["b"]), folder, done, interrupted)


def _binaries(command: AbCommand) -> dict[SideName, Path]:
    """Raises UsageError if one cannot be started, or if there is only one side."""
    environments = command.environments
    if command.new is None and environments["a"] == environments["b"]:
        resolve_executable(command.old)
        raise UsageError(
            "ab compares two: name a second binary, or give --env-a or --env-b; "
            "to measure the noise, name the same binary twice"
        )
    return {
        "a": resolve_executable(command.old),
        "b": resolve_executable(command.new or command.old),
    }


def _manifests(
    command: AbCommand,
    binaries: Mapping[SideName, Path],
    labels: Mapping[SideName, str],
    watchdog: Watchdog,
) -> dict[SideName, Manifest]:
    """Raises WorkspanError that names the side."""
    manifests: dict[SideName, Manifest] = {}
    for name, bench in binaries.items():
        request = PlanRequest(
            bench,
            watchdog.environment,
            command.options,
            command.arguments,
            side=command.environments[name],
            label=labels[name],
        )
        try:
            manifests[name] = make_manifest(request)
        except (UsageError, NothingError) as error:
            raise type(error)(f"{SIDE_WORDS[name]}: {error}") from None
    return manifests


def _create_folders(
    command: AbCommand, manifests: Mapping[SideName, Manifest], stack: ExitStack
) -> tuple[Path, dict[SideName, RunFolder]]:
    """Raises UsageError that names --results."""
    try:
        return create_folders(command.results, manifests, stack)
    except OSError as error:
        raise UsageError(f"--results {command.results}: {error.strerror or error}") from None


def _measure_pairs(
    command: AbCommand, sides: Mapping[SideName, Side], workloads: Sequence[str], watchdog: Watchdog
) -> tuple[bool, bool]:
    """Whether all pairs were measured, and whether the user interrupted."""
    console = Console(stderr=True, highlight=False)
    budget = _budget(command, len(workloads))

    def invocations_left() -> int:
        return 2 * measurement.pairs_left()

    def report(side: Side, journal: Journal) -> None:
        if line := _trouble(side, journal.record):
            console.print(Text(line), soft_wrap=True)

    total = 2 * budget.pairs * len(workloads)
    with StopSignals() as stop, RunProgress(console, total, invocations_left) as progress:
        show = progress.show
        measurement = AbMeasurement(sides, workloads, budget, watchdog, stop, show, report)
        if not console.is_terminal:
            warn(f"{budget.pairs} pairs of {', '.join(workloads)}: {_time_limit(budget)}")
        try:
            return measurement.run(), stop.received > 0
        except OSError as error:
            place, why = error.filename or command.results, error.strerror or error
            raise UsageError(f"{place}: {why}; all earlier measurements are kept") from None


def _time_limit(budget: PairBudget) -> str:
    if budget.seconds:
        return f"{format_duration(budget.seconds)} at most"
    return f"about {format_duration(budget.room / ROOM)}"


def _trouble(side: Side, record: InvocationRecord) -> str:
    """One line about a failed or disturbed invocation; empty for a good one."""
    if record.status is Status.OK and not record.disturbed:
        return ""
    attempt = f" (attempt {record.attempt})" if record.attempt > 1 else ""
    case = f" in {record.case}" if record.case else ""
    failed = record.status is not Status.OK
    parts = [f"{record.status.value}{case}: {record.reason}"] if failed else []
    parts += [f"disturbed: {', '.join(record.disturbed)}"] if record.disturbed else []
    name = SIDE_WORDS[side.name]
    return plain(f"{name}: {record.workload} {record.number}{attempt}: {'; '.join(parts)}")


def _budget(command: AbCommand, workloads: int) -> PairBudget:
    seconds, budget = command.options.time_budget, command.budget
    if budget is None:
        budget = (
            DEFAULT_BUDGET
            if seconds is None
            else max(0.1, SHARE * seconds / (2 * command.pairs * workloads))
        )
    return pair_budget(command.pairs, workloads, budget, seconds, command.options.seed)


def _merge(command: AbCommand, side: Side, done: bool) -> ResultFile:
    """Merges the invocations of a side into a file beside them."""
    from workspan.analysis.merge import RunRequest, merge_run
    from workspan.resultfile.encode import encode_result

    manifest, journals = side.folder.manifest, side.folder.journals
    most = max(journal.record.number for journal in journals)
    request = RunRequest(manifest.arguments, command.options.preset, most)
    result = merge_run(journals, manifest.plan, request, complete=done)
    write_atomically(side.folder.path / RESULT, encode_result(result))
    return result


def _labels(command: AbCommand) -> dict[SideName, str]:
    """The difference of the sides: binary and environment."""
    binaries: dict[SideName, Path] = {"a": command.old, "b": command.new or command.old}
    return {
        side: " ".join([str(path), *(f"{k}={v}" for k, v in command.environments[side].items())])
        for side, path in binaries.items()
    }


def _warn_of_left_out(manifests: Mapping[SideName, Manifest], workloads: Sequence[str]) -> None:
    for side, manifest in manifests.items():
        if alone := [name for name in manifest.workloads if name not in workloads]:
            warn(f"only {SIDE_WORDS[side]} can measure {', '.join(alone)}: left out")
