# SPDX-License-Identifier: Apache-2.0
"""The files of a page, each with what all sections need of it: judged once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from workspan.analysis.headline import Headline, headline
from workspan.analysis.judge import Judgements, judge
from workspan.analysis.places import RunCodes, run_codes
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result, read_bytes
from workspan.support.errors import NothingError
from workspan.support.text import quantity, valid_utf8

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
    def codes(self) -> RunCodes:
        """The fastest code of each place, for every problem."""
        return run_codes(self.content)

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


def lettered(sources: Sequence[Source]) -> list[Source]:
    """Two files are the old and the new one, more are A, B, ..."""
    letters = {1: ("",), 2: ("old", "new")}.get(len(sources), tuple(LETTERS))
    return [replace(one, letter=letter) for one, letter in zip(sources, letters, strict=False)]


def machine_of(file: ResultFile) -> str:
    """16 CPUs of an Intel Xeon, NVIDIA H100."""
    ours = file.workspan
    gpus = [gpu.name for gpu in ours.machine.cuda.gpus[:1]]
    return ", ".join(
        [f"{quantity(ours.run.all_threads, 'CPU')} of {ours.machine.cpu.model}", *gpus]
    )
