# SPDX-License-Identifier: Apache-2.0
"""`workspan run` from its options to its outcome; cli/run.py prints the outcome."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from rich.console import Console

from workspan.machine.pinning import binding_warning
from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.find import RESULT
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.running.bench_binary import find_bench, remove_benchmark_variables
from workspan.running.estimate import (
    estimate_text,
    expected_bytes,
    folder_name,
    remaining_line,
    totals_line,
)
from workspan.running.manifest import Manifest, Options
from workspan.running.measuring import Measured, Scene, measure_run
from workspan.running.plan import (
    PlanRequest,
    left_out_of_weak_scaling,
    make_manifest,
    require_gpu,
    require_teams,
)
from workspan.running.run_folder import RunFolder, changes, create, find_run, reopen
from workspan.running.schedule import own_threads, run_budget, steps_left
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import Exit, UsageError, warn
from workspan.support.text import quantity

if TYPE_CHECKING:
    from workspan.analysis.laws.narrowing import WideBracket

EXCLUSIVE: Final = {  # two options and why they exclude each other
    ("weak", "break_even"): "weak scaling has sizes of its own",
    ("weak", "cold"): "weak scaling measures codes of the host, a cold L2 kernels on the GPU",
    ("break_even", "cold"): "the former compares the GPU with the host, which has no cold L2 cases",
}


@dataclass(frozen=True)
class RunCommand:
    """The command line. given: only the options that were typed."""

    given: dict[str, Any]
    bench: Path | None
    results: Path
    out: Path | None
    resume: str | None
    dry_run: bool
    arguments: Sequence[str]


@dataclass(frozen=True)
class RunOutcome:
    """The exit code of a run, and its result, or the estimate of a dry run."""

    code: Exit
    result: ResultFile | None = None
    files: tuple[Path, ...] = ()  # the result was written to all of them, unless write_error
    write_error: str = ""
    wide: "tuple[WideBracket, ...]" = ()  # brackets that --break-even could not narrow
    remark: str = ""  # a line about --break-even
    interrupted: str = ""  # the message for an interrupted run
    estimate: str = ""


def run_session(command: RunCommand) -> RunOutcome:
    """Measures and merges. Raises WorkspanError if it cannot start, or cannot continue."""
    for name in remove_benchmark_variables():
        warn(f"{name} of the environment is not used")
    with Watchdog() as watchdog:
        if command.resume is not None:
            with closing(reopen(find_run(command.resume, command.results))) as folder:
                return _resume(command, folder, watchdog)
        bench = find_bench(command.bench)
        options = _options(_defaults(command.given) | command.given)
        _check_combined(options, command.given)
        manifest = make_manifest(
            PlanRequest(bench, watchdog.environment, options, command.arguments)
        )
        if options.weak:
            require_teams(options, manifest.plan)
        if left_out := left_out_of_weak_scaling(options, manifest.plan):
            warn(left_out)
        if options.break_even:
            require_gpu(manifest.plan)
        if command.dry_run:
            return RunOutcome(Exit.GOOD, estimate=estimate_text(manifest))
        if command.out:
            check_writable(command.out, "--out")
        _load_the_merge()
        with closing(_create_folder(command.results, manifest)) as folder:
            return _measure(command, folder, watchdog)


def _create_folder(parent: Path, manifest: Manifest) -> RunFolder:
    """Raises UsageError that names --results."""
    try:
        return create(parent, folder_name(manifest), manifest, expected_bytes(manifest))
    except OSError as error:
        raise UsageError(f"--results {parent}: {error.strerror or error}") from None


def _defaults(given: dict[str, Any]) -> dict[str, Any]:
    """Weak scaling takes the time and the invocations of the preset for laws of scaling."""
    return {"preset": "scaling"} if given.get("weak") else {}


def _options(values: dict[str, Any]) -> Options:
    try:
        options = msgspec.convert(values, Options)
    except msgspec.ValidationError as error:
        raise UsageError(f"an option is out of range: {error}") from None
    return options


def _check_combined(options: Options, given: dict[str, Any]) -> None:
    """Raises UsageError for two options that exclude each other. given: the others are resumed."""
    for pair, why in EXCLUSIVE.items():
        if all(getattr(options, name) for name in pair):
            words = [
                f"--{name.replace('_', '-')}" + ("" if name in given else " (of the resumed run)")
                for name in pair
            ]
            raise UsageError(f"{' and '.join(words)}: {why}; measure them in two runs")


def _resume(command: RunCommand, folder: RunFolder, watchdog: Watchdog) -> RunOutcome:
    old = folder.manifest
    options = _options(msgspec.structs.asdict(old.options) | command.given)
    _check_combined(options, command.given)
    bench = find_bench(command.bench or Path(old.bench))
    new = make_manifest(PlanRequest(bench, watchdog.environment, options, command.arguments))
    if found := changes(old, new):
        raise UsageError(
            f"{folder.path}: cannot be resumed: changed since it began: {'; '.join(found)}; start "
            f"a new run, or merge its invocations: workspan merge {folder.path} --out FILE"
        )
    if options.break_even:
        require_gpu(new.plan)
    if command.dry_run:
        return RunOutcome(Exit.GOOD, estimate=remaining_line(old, _steps_left(folder)) + "\n")
    if command.out:
        check_writable(command.out, "--out")
    _load_the_merge()
    folder.manifest = msgspec.structs.replace(old, bench=str(bench), options=options)
    return _measure(command, folder, watchdog)


def _measure(command: RunCommand, folder: RunFolder, watchdog: Watchdog) -> RunOutcome:
    if warning := binding_warning(own_threads(folder.manifest)):
        warn(warning)
    try:
        with StopSignals() as stop:
            scene = Scene(folder, watchdog, stop, Console(stderr=True, highlight=False))
            measured = measure_run(scene, _cost_line(command, folder))
    except OSError as error:
        place, why = error.filename or folder.path, error.strerror or error
        raise UsageError(f"{place}: {why}; {_resume_hint(folder)}") from None
    if not folder.journals:
        return _interrupted_at_once(command, folder)
    return _merge(command, folder, measured)


def _load_the_merge() -> None:
    """Raises UsageError before anything is measured if the end of the run could not be imported."""
    try:
        for name in ("workspan.analysis.merge", "workspan.resultfile.encode"):
            import_module(name)
    except ImportError as error:
        why = str(error).partition("\n")[0]
        raise UsageError(
            f"the Python package is not whole: {why}; remove .venv and run scripts/setup bench"
        ) from None


def _cost_line(command: RunCommand, folder: RunFolder) -> str:
    if command.resume is None:
        return totals_line(folder.manifest)
    return remaining_line(folder.manifest, _steps_left(folder))


def _interrupted_at_once(command: RunCommand, folder: RunFolder) -> RunOutcome:
    """Removes a new folder without invocations; a resumed one stays."""
    if command.resume is None:
        shutil.rmtree(folder.path, ignore_errors=True)
    advice = "nothing was measured" if command.resume is None else _resume_hint(folder)
    return RunOutcome(Exit.INTERRUPTED, interrupted=f"interrupted; {advice}")


def _merge(command: RunCommand, folder: RunFolder, measured: Measured) -> RunOutcome:
    """Merges and writes the result: files first, since a result only on screen is lost."""
    from workspan.analysis.merge import RunRequest, merge_run
    from workspan.resultfile.encode import encode_result

    manifest, options = folder.manifest, folder.manifest.options
    request = RunRequest(manifest.arguments, options.preset, run_budget(options).invocations)
    plan = _with_cases(manifest.plan, measured.added)
    result = merge_run(folder.journals, plan, request, complete=measured.complete)
    data, write_error = encode_result(result), ""
    files = (folder.path / RESULT, *([command.out] if command.out else []))
    for file in files:
        try:
            write_atomically(file, data)
        except OSError as error:
            write_error = f"{file}: {error.strerror}; {_resume_hint(folder)}"
    code = _exit_code(result)
    outcome = RunOutcome(
        Exit.NOTHING if measured.in_vain and code is Exit.GOOD else code,
        result,
        files,
        write_error,
        measured.wide,
        measured.remark,
    )
    if measured.complete:
        return outcome
    return replace(
        outcome, code=Exit.INTERRUPTED, interrupted=f"interrupted; {_resume_hint(folder)}"
    )


def _with_cases(plan: ResultFile, added: Sequence[Case]) -> ResultFile:
    cases = [*plan.workspan.cases, *added]
    ours = msgspec.structs.replace(plan.workspan, cases=cases)
    return msgspec.structs.replace(plan, workspan=ours)


def _exit_code(result: ResultFile) -> Exit:
    found = {case.status for case in result.workspan.cases}
    if found - {Status.OK, Status.SKIPPED}:
        return Exit.FAILED
    return Exit.GOOD if Status.OK in found else Exit.NOTHING


def _steps_left(folder: RunFolder) -> int:
    return steps_left(folder.manifest, [journal.record for journal in folder.journals])


def _resume_hint(folder: RunFolder) -> str:
    option = " --break-even" if folder.manifest.options.break_even else ""
    return (
        f"kept: {quantity(len(folder.journals), 'finished invocation')}; "
        f"resume with: workspan run --resume {folder.path}{option}"
    )
