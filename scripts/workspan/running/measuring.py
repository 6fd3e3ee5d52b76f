# SPDX-License-Identifier: Apache-2.0
"""What a run measures: the cases of its preset, then the rounds of --break-even."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Case
from workspan.running.estimate import round_line
from workspan.running.manifest import Options
from workspan.running.plan import PlanRequest, plan_of
from workspan.running.progress_bar import RunProgress
from workspan.running.rounds import Round
from workspan.running.run_folder import RunFolder
from workspan.running.runner import measure_all
from workspan.running.schedule import run_budget, steps_left
from workspan.support.errors import WorkspanError

if TYPE_CHECKING:
    from workspan.analysis.laws.narrowing import WideBracket

NO_BRACKET: Final = (
    "--break-even: no bracket to narrow: of the sizes measured, the GPU is faster at all or at none"
)
NO_GPU_TIME: Final = (
    "--break-even: no time of a GPU kernel has one of a host code beside it; workspan info says why"
)


@dataclass(frozen=True)
class Measured:
    """Whether all was measured. added: the planned cases of --break-even; in_vain: whether no time
    of the GPU has one of the host beside it; remark: a line about --break-even, or empty.
    """

    complete: bool
    added: Sequence[Case] = ()
    wide: "tuple[WideBracket, ...]" = ()
    in_vain: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Scene:
    """What measuring needs: a folder, who watches over the processes, and who may stop them."""

    folder: RunFolder
    watchdog: Watchdog
    stop: StopSignals
    console: Console


def measure_run(scene: Scene, line: str) -> Measured:
    """The preset, then the rounds of --break-even. line: what the preset costs.

    Raises OSError if the folder can no longer be written to.
    """
    complete = _measure_round(scene, line)
    if not complete or not scene.folder.manifest.options.break_even:
        return Measured(complete)
    return _narrow(scene)


def _narrow(scene: Scene) -> Measured:
    """Rounds of sizes, until no bracket can be narrowed."""
    from workspan.running.narrowing import Narrowing

    folder, manifest = scene.folder, scene.folder.manifest

    def ask(options: Options) -> Sequence[Case]:
        request = PlanRequest(Path(manifest.bench), scene.watchdog.environment, options, ())
        return plan_of(request).workspan.cases

    narrowing, complete = Narrowing(manifest, ask), True
    try:
        while complete and (found := narrowing.next_round(folder.journals)):
            complete = _measure_round(scene, round_line(found), found)
    except WorkspanError:
        if not scene.stop.received:  # else the signal reached the binary that was asked
            raise
        complete = False
    if not complete:
        return Measured(False, narrowing.cases)
    compared = narrowing.break_evens(folder.journals)
    remark = "" if any(b.brackets for b in compared) else NO_BRACKET
    return Measured(
        True,
        narrowing.cases,
        narrowing.wide_brackets(folder.journals),
        in_vain=not compared,
        remark=remark if compared else NO_GPU_TIME,
    )


def _measure_round(scene: Scene, line: str, round_: Round | None = None) -> bool:
    """The invocations of the preset, or of a round; False if interrupted. line: their cost."""
    folder = scene.folder
    manifest = round_.manifest if round_ else folder.manifest
    total = run_budget(manifest.options).invocations * len(manifest.workloads)
    with RunProgress(scene.console, total, lambda: _steps_left(folder, round_)) as progress:
        progress.announce(line)
        return measure_all(
            folder,
            watchdog=scene.watchdog,
            stop=scene.stop,
            show=progress.show,
            on_finish=progress.report,
            round_=round_,
        )


def _steps_left(folder: RunFolder, round_: Round | None) -> int:
    records = [journal.record for journal in folder.journals]
    return round_.steps_left(records) if round_ else steps_left(folder.manifest, records)
