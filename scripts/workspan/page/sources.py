# SPDX-License-Identifier: Apache-2.0
"""The files of a page, each with what all sections need of it: judged once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from msgspec.structs import replace as replace_fields

from workspan.analysis.laws.scaling import Scaling, scalings
from workspan.analysis.ratios.judge import Judgements, judge, judge_as_whole
from workspan.analysis.ratios.places import RunCodes, run_codes
from workspan.analysis.verdicts.headline import Headline, headline
from workspan.compare.differences import of_two_machines
from workspan.resultfile.model import Case, ResultFile
from workspan.resultfile.read import decode_result, read_bytes
from workspan.support.errors import NothingError
from workspan.support.text import quantity, valid_utf8

MOST_SIZES: Final = 12  # of a workload and input in a chart
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Source:
    """A result file. letter: what the page calls it if there are several, else empty."""

    name: str
    content: ResultFile
    sha256: str
    letter: str = ""

    @cached_property
    def judgements(self) -> Judgements:
        """On all cases."""
        return judge(self.content)

    @cached_property
    def headline(self) -> Headline:
        """The answer in a few numbers."""
        return headline(self.content)

    @cached_property
    def scalings(self) -> tuple[Scaling, ...]:
        """Speedups over threads, of every size."""
        return scalings(self.content, self.judgements)

    @cached_property
    def cases(self) -> dict[str, Case]:
        """All cases by name."""
        return {case.name: case for case in self.content.workspan.cases}

    @cached_property
    def drawn(self) -> ResultFile:
        """What charts show: the file itself, unless it has more sizes than a chart bears."""
        part = thinned(self.content)
        if part is not self.content:  # its charts say what the texts say
            judge_as_whole(part, self.content)
            headline.keep(part, self.headline)
        return part

    @cached_property
    def codes(self) -> RunCodes:
        """The fastest code of each place, for every problem."""
        return run_codes(self.drawn)

    @property
    def cpus(self) -> int:
        """That the run could use."""
        return self.content.workspan.run.all_threads

    @property
    def label(self) -> str:
        """A: 16 x Intel Xeon, NVIDIA H100."""
        return f"{self.letter}: {machine_of(self.content)}" if self.letter else ""


def read_source(path: Path) -> Source:
    """A result file, read. Raises InputError if it cannot be, NothingError without a case."""
    data = read_bytes(path)
    content = decode_result(data, str(path))
    if not content.workspan.cases:
        raise NothingError(f"no case in {path}")
    return Source(valid_utf8("/".join(path.parts[-2:])), content, sha256(data).hexdigest())


def thinned(file: ResultFile) -> ResultFile:
    """At most MOST_SIZES of each workload and input, from the smallest to the largest; the same
    object if there are no more.
    """
    sizes: dict[object, set[int]] = defaultdict(set)
    for case in file.workspan.cases:
        sizes[_series(case)].add(case.n)
    is_weak = file.workspan.run.sweep == "weak_scaling"  # its sizes are those of the threads
    if is_weak or all(len(found) <= MOST_SIZES for found in sizes.values()):
        return file
    kept = {series: _spread([*sorted(found)]) for series, found in sizes.items()}
    cases = [case for case in file.workspan.cases if case.n in kept[_series(case)]]
    return replace_fields(file, workspan=replace_fields(file.workspan, cases=cases))


def _series(case: Case) -> object:
    return case.workload, tuple(sorted(case.keys.items()))


def _spread(sizes: Sequence[int]) -> set[int]:
    """So many of them, evenly, with both ends."""
    last = len(sizes) - 1
    return {sizes[round(k * last / (MOST_SIZES - 1))] for k in range(MOST_SIZES)}


def lettered(sources: Sequence[Source]) -> list[Source]:
    """Two files of one machine are the old and the new one, others are A, B, ..."""
    letters = {1: ("",), 2: ("old", "new")}.get(len(sources), tuple(LETTERS))
    if len(sources) == 2 and of_two_machines(sources[0].content, sources[1].content):
        letters = tuple(LETTERS)
    return [replace(one, letter=letter) for one, letter in zip(sources, letters, strict=False)]


def machine_of(file: ResultFile) -> str:
    """16 CPUs of an Intel Xeon, NVIDIA H100."""
    ours = file.workspan
    gpus = [gpu.name for gpu in ours.machine.cuda.gpus[:1]]
    return ", ".join(
        [f"{quantity(ours.run.all_threads, 'CPU')} of {ours.machine.cpu.model}", *gpus]
    )
