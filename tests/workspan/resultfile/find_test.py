# SPDX-License-Identifier: Apache-2.0
"""Which file is meant: by a path, a run's folder, or the name that `workspan list` shows."""

from pathlib import Path

import pytest

from workspan.resultfile.find import ab_sides, result_file
from workspan.support.errors import UsageError


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "results/local/20260101T000000Z-vm-gate",
        "results/local/cut-off",
        "results/machine",
        "empty",
    ):
        Path(name).mkdir(parents=True)
    Path("results/local/20260101T000000Z-vm-gate/result.json").write_text("{}")
    Path("results/local/cut-off/manifest.json").write_text("{}")
    Path("results/machine/quick.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "results/local/20260101T000000Z-vm-gate",
        "local/20260101T000000Z-vm-gate",
        "20260101T000000Z-vm-gate",
    ],
)
def test_a_run_has_three_names(name: str) -> None:
    assert result_file(Path(name)) == Path("results/local/20260101T000000Z-vm-gate/result.json")


def test_a_file_is_itself_and_one_below_results_needs_no_prefix() -> None:
    assert result_file(Path("results/machine/quick.json")) == result_file(
        Path("machine/quick.json")
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("20260101T000000Z-vm-gaet", "did you mean results/local/20260101T000000Z-vm-gate?"),
        ("nothing-like-it", "workspan list shows the runs"),
        ("results/local/cut-off", "workspan run --resume results/local/cut-off"),
        ("empty", "a folder without a result.json"),
    ],
)
def test_what_is_not_there_is_one_line_with_what_to_do(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=r".") as error:
        result_file(Path(name))
    assert says in str(error.value)


def test_only_what_can_be_read_is_suggested() -> None:
    Path("20260101T000000Z-vm-gatf").mkdir()  # a folder without results
    Path("gone.json").symlink_to("nowhere")
    Path("gome.json.txt").touch()
    assert "workspan list" in why("gone.json")
    Path("gome.json").touch()
    assert "did you mean gome.json?" in why("gone.json")
    assert "did you mean results/local/20260101T000000Z-vm-gate?" in why("20260101T000000Z-vm-gat")
    Path("bench").touch()
    assert "workspan list" in why("benc")


def why(name: str) -> str:
    with pytest.raises(UsageError, match="no such file or run") as error:
        result_file(Path(name))
    return str(error.value)


def test_the_sides_of_an_ab_belong_together() -> None:
    for name in ("x-ab/a", "x-ab/b", "y-ab/a", "y-ab/b"):
        Path("results/local", name).mkdir(parents=True)
        Path("results/local", name, "manifest.json").write_text(
            '{"kind": "ab", "schema_version": 1}'
        )
    both = (Path("results/local/x-ab/a"), Path("results/local/x-ab/b"))
    assert ab_sides(Path("x-ab"), None) == ab_sides(Path("local/x-ab/a"), Path("x-ab/b")) == both
    for old, new in (
        ("x-ab/a", None),
        ("x-ab/a", "x-ab/a"),
        ("x-ab/a", "y-ab/b"),
        ("x-ab", "y-ab"),
        ("empty", None),
        ("nothing", None),
    ):
        assert ab_sides(Path(old), Path(new) if new else None) is None
    with pytest.raises(UsageError, match="cut off before it had a result; an ab cannot be resumed"):
        result_file(Path("x-ab/a"))
