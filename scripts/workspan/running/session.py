# SPDX-License-Identifier: Apache-2.0
"""`workspan run` from its options to its exit code."""

import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from workspan.machine.pinning import binding_warning
from workspan.process.stop_signals import Stop
from workspan.process.watchdog import Watchdog
from workspan.resultfile.find import RESULT
from workspan.resultfile.model import ResultFile, Status
from workspan.running.bench_binary import find_bench, without_benchmark_variables
from workspan.running.estimate import expected_bytes, folder_name, outlook, rest, sums
from workspan.running.manifest import Options
from workspan.running.plan import make_manifest
from workspan.running.progress_bar import RunProgress
from workspan.running.run_folder import RunFolder, changes, create, find_run, reopen
from workspan.running.runner import run_all
from workspan.running.schedule import amount, own_threads, steps_left
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import Exit, UsageError
from workspan.support.text import counted, plain


@dataclass(frozen=True)
class Order:
    """The command line. given: the options that were written there, and no others."""

    given: dict[str, Any]
    bench: Path | None
    results: Path
    out: Path | None
    resume: str | None
    dry_run: bool
    arguments: Sequence[str]


def run_session(order: Order) -> int:
    """Measures and gives the exit code. Raises WorkspanError where it cannot begin, or cannot go on."""
    for name in without_benchmark_variables():
        print(plain(f"workspan: {name} of the environment is not used"), file=sys.stderr)
    with Watchdog() as watchdog:
        if order.resume is not None:
            with closing(reopen(find_run(order.resume, order.results))) as folder:
                return _go_on(order, folder, watchdog)
        bench = find_bench(order.bench)
        manifest = make_manifest(
            bench, watchdog.environment, msgspec.convert(order.given, Options), order.arguments
        )
        if order.dry_run:
            Console(soft_wrap=True, highlight=False).print(outlook(manifest), end="", markup=False)
            return int(Exit.GOOD)
        if order.out:
            check_writable(order.out, "--out")
        name = folder_name(manifest)
        with closing(create(order.results, name, manifest, expected_bytes(manifest))) as folder:
            return _measure(order, folder, watchdog)


def _go_on(order: Order, folder: RunFolder, watchdog: Watchdog) -> int:
    options = msgspec.convert(
        msgspec.structs.asdict(folder.manifest.options) | order.given, Options
    )
    bench = find_bench(order.bench or Path(folder.manifest.bench))
    if found := changes(
        folder.manifest, make_manifest(bench, watchdog.environment, options, order.arguments)
    ):
        what = f"start a new run, or make a result of what there is: workspan merge {folder.path} --out FILE"
        raise UsageError(
            f"{folder.path}: cannot go on: changed since it began: {'; '.join(found)}; {what}"
        )
    if order.dry_run:
        print(
            rest(folder.manifest, steps_left(folder.manifest, [j.record for j in folder.journals]))
        )
        return int(Exit.GOOD)
    if order.out:
        check_writable(order.out, "--out")
    folder.manifest = msgspec.structs.replace(folder.manifest, bench=str(bench))
    return _measure(order, folder, watchdog)


def _measure(order: Order, folder: RunFolder, watchdog: Watchdog) -> int:
    def left() -> int:
        return steps_left(folder.manifest, [journal.record for journal in folder.journals])

    if warning := binding_warning(own_threads(folder.manifest)):
        print(f"workspan: {warning}", file=sys.stderr)
    total = amount(folder.manifest.options).invocations * len(folder.manifest.workloads)
    try:
        with (
            Stop() as stop,
            RunProgress(Console(stderr=True, highlight=False), total, left) as progress,
        ):
            progress.begin(
                sums(folder.manifest) if order.resume is None else rest(folder.manifest, left())
            )
            done = run_all(
                folder, watchdog=watchdog, stop=stop, show=progress.show, finished=progress.finished
            )
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder.path}: {error.strerror or error}; {_kept(folder)}"
        ) from None
    if not folder.journals:
        return _interrupted_at_once(order, folder)
    code = _finish(order, folder, done)
    if not done:
        print(plain(f"workspan: interrupted; {_kept(folder)}"), file=sys.stderr)
        return int(Exit.INTERRUPTED)
    return code


def _interrupted_at_once(order: Order, folder: RunFolder) -> int:
    """A new folder without invocations is nothing to go on with; one that was there before is left."""
    if order.resume is None:
        shutil.rmtree(folder.path, ignore_errors=True)
    kept = "nothing was measured" if order.resume is None else _kept(folder)
    print(plain(f"workspan: interrupted; {kept}"), file=sys.stderr)
    return int(Exit.INTERRUPTED)


def _kept(folder: RunFolder) -> str:
    return f"kept: {counted(len(folder.journals), 'finished invocation')}; go on with: workspan run --resume {folder.path}"


def _finish(order: Order, folder: RunFolder, done: bool) -> int:
    """Merges, writes, prints, in this order: what is on the screen only is lost."""
    from workspan.analysis.merge import encode_result, merge_run
    from workspan.report.run_info import heading
    from workspan.report.run_table import print_result

    options = folder.manifest.options
    result = merge_run(
        folder.journals,
        folder.manifest.plan,
        complete=done,
        arguments=folder.manifest.arguments,
        preset=options.preset,
        invocations=amount(options).invocations,
    )
    data, failed = encode_result(result), ""
    places = [folder.path / RESULT, *([order.out] if order.out else [])]
    for place in places:
        try:
            write_atomically(place, data)
        except OSError as error:
            failed = f"{place}: {error.strerror}; {_kept(folder)}"
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(heading(result), soft_wrap=True)
    print_result(result, console)
    if failed:
        raise UsageError(failed)
    print("".join(f"Result: {place}\n" for place in places), end="")
    return _exit_code(result)


def _exit_code(result: ResultFile) -> int:
    found = {case.status for case in result.workspan.cases}
    if found - {Status.OK, Status.SKIPPED}:
        return int(Exit.FAILED)
    return int(Exit.GOOD if Status.OK in found else Exit.NOTHING)
