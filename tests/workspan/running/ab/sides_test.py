# SPDX-License-Identifier: Apache-2.0
"""The sides of an `ab`: environments, common workloads, requests and folders."""

from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from sample_results import journal
from sample_runs import manifest

from workspan.running.ab.sides import Side, common_workloads, create_folders, parse_environment
from workspan.running.run_folder import RunFolder
from workspan.running.schedule import Step
from workspan.support.errors import NothingError, UsageError

STEP = Step("copy", 2, 1, (), 3.0)


def test_environments() -> None:
    assert parse_environment(["A=1", "B=", "C=x=y"], "--env-a") == {"A": "1", "B": "", "C": "x=y"}
    with pytest.raises(UsageError, match="--env-a 'A'"):
        parse_environment(["A"], "--env-a")


def test_only_common_workloads_are_measured() -> None:
    a = manifest(workloads=["x", "y", "z"])
    assert common_workloads(a, manifest(workloads=["z", "x"])) == ["x", "z"]
    with pytest.raises(NothingError, match="no workload in common: x, y, z in bench, w in bench"):
        common_workloads(a, manifest(workloads=["w"]))


def side(*journals: object, **environment: str) -> Side:
    return Side("a", environment, RunFolder(Path(), manifest(), list(journals), 0))  # type: ignore[arg-type]


def test_attempts_are_counted_per_invocation() -> None:
    of = side(journal(None, "copy", 2, 1), journal(None, "copy", 2, 2), journal(None, "copy", 1))
    assert [of.attempts("copy", n) for n in (1, 2, 3)] == [1, 2, 0]
    assert of.attempts("other", 2) == 0


def test_a_binding_of_the_side_replaces_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "KMP_AFFINITY"):
        monkeypatch.delenv(name, raising=False)
    ours = side(A="1").request(STEP).environment
    assert ours == {"A": "1", "OMP_PROC_BIND": "close", "OMP_PLACES": "{0}"}
    assert side(OMP_PLACES="cores").request(STEP).environment == {"OMP_PLACES": "cores"}


def test_folders_are_removed_if_nothing_was_measured(tmp_path: Path) -> None:
    manifests = {"a": manifest(), "b": manifest()}
    with ExitStack() as stack:
        place, folders = create_folders(tmp_path, manifests, stack)  # type: ignore[arg-type]
        assert place.name == "20260102T030405Z-vm-ab"
        assert sorted(path.name for path in place.iterdir()) == ["a", "b"]
    assert list(tmp_path.iterdir()) == []
    with ExitStack() as stack:
        place, folders = create_folders(tmp_path, manifests, stack)  # type: ignore[arg-type]
        file = folders["a"].path / "0001-copy-1-1.json"
        file.write_bytes(msgspec.json.encode(journal(None)))
    assert file.exists()
