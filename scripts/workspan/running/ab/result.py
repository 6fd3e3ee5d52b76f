# SPDX-License-Identifier: Apache-2.0
"""The result of an `ab`, in memory or from its folder."""

from dataclasses import dataclass
from pathlib import Path

from workspan.resultfile.find import MANIFEST, result_file
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_bytes, read_result
from workspan.running.manifest import decode_manifest


@dataclass(frozen=True)
class AbResult:
    """Both merged results, in memory and as files.

    done: whether all pairs were measured; interrupted: None if unknown, as for an old folder.
    """

    old: ResultFile
    new: ResultFile
    labels: tuple[str, str]
    folder: Path
    done: bool
    interrupted: bool | None

    @property
    def why_short(self) -> str:
        """Why there are fewer pairs than asked for; empty if there are not."""
        if self.done:
            return ""
        if self.interrupted is None:
            return "ended early"
        return "interrupted" if self.interrupted else "time limit reached"


def read_ab(sides: tuple[Path, Path]) -> AbResult:
    """The result of an `ab`, from the folders of its sides. Raises WorkspanError."""
    old, new = (read_result(result_file(side)) for side in sides)
    labels = [
        decode_manifest(read_bytes(side / MANIFEST), str(side / MANIFEST)).label or str(side)
        for side in sides
    ]
    done = old.workspan.run.complete and new.workspan.run.complete
    return AbResult(old, new, (labels[0], labels[1]), sides[0].parent, done, None)
