# SPDX-License-Identifier: Apache-2.0
"""The two sides of an `ab`: binary, environment, plan and folder of each."""

import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from workspan.machine.pinning import BINDING
from workspan.resultfile.find import JOURNAL
from workspan.running.ab.order import SideName
from workspan.running.estimate import expected_bytes, folder_name
from workspan.running.invocation import Request
from workspan.running.manifest import Manifest
from workspan.running.run_folder import RunFolder, create
from workspan.running.runner import make_request
from workspan.running.schedule import Step
from workspan.support.errors import NothingError, UsageError

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"


@dataclass(frozen=True)
class Side:
    """One of the two sides to compare. environment: set for its processes only."""

    name: SideName
    environment: dict[str, str]
    folder: RunFolder

    @property
    def bench(self) -> Path:
        """The binary of this side."""
        return Path(self.folder.manifest.bench)

    def attempts(self, workload: str, number: int) -> int:
        """The number of attempts at this invocation."""
        return sum(
            j.record.workload == workload and j.record.number == number
            for j in self.folder.journals
        )

    def request(self, step: Step) -> Request:
        """The invocation to start. Its own thread binding replaces ours entirely."""
        request = make_request(self.folder.manifest, step)
        ours = {} if any(name in self.environment for name in BINDING) else request.environment
        return replace(request, environment={**ours, **self.environment})


def parse_environment(pairs: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE, ...; the value may be empty. Raises UsageError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(_NAME, name) or "\0" in value:
            raise UsageError(
                f"{option} '{pair}': write NAME=VALUE, for example OMP_WAIT_POLICY=passive"
            )
        found[name] = value
    return found


def common_workloads(a: Manifest, b: Manifest) -> list[str]:
    """The workloads that both can measure. Raises NothingError."""
    common = [name for name in a.workloads if name in b.workloads]
    if not common:
        raise NothingError(
            f"no workload in common: {', '.join(a.workloads)} in {a.bench}, "
            f"{', '.join(b.workloads)} in {b.bench}"
        )
    return common


def create_folders(
    results: Path, manifests: Mapping[SideName, Manifest], stack: ExitStack
) -> tuple[Path, dict[SideName, RunFolder]]:
    """results/20261122T145125Z-host-ab with a run's folder for each side. Raises OSError.

    It is locked until the stack is closed, and removed then if nothing was measured.
    """
    name = folder_name(manifests["a"]).rpartition("-")[0] + "-ab"
    results.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        place = results / (name if number == 1 else f"{name}-{number}")
        try:
            place.mkdir()
        except FileExistsError:
            continue
        stack.callback(_remove_if_empty, place)
        folders = {}
        for side, manifest in manifests.items():
            folders[side] = create(place, side, manifest, expected_bytes(manifest))
            stack.callback(folders[side].close)
        return place, folders
    raise UsageError(f"{results / name}: too many folders of this name")


def _remove_if_empty(place: Path) -> None:
    if not any(JOURNAL.fullmatch(file.name) for file in place.glob("*/*.json")):
        shutil.rmtree(place, ignore_errors=True)
