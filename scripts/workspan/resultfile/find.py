# SPDX-License-Identifier: Apache-2.0
"""The result that a user names: a file, a run's folder, or a name that `workspan list` shows."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from workspan.support.errors import UsageError
from workspan.support.suggest import close_matches

MANIFEST: Final = "manifest.json"
RESULT: Final = "result.json"
JOURNAL: Final = re.compile(r"[0-9]{4,}-.*\.json")  # the file of one invocation
ROOTS: Final = (Path(), Path("results"), Path("results/local"))
LOCAL: Final = "local"
COMMITTED: Final = Path(__file__).parents[3] / "results"  # of the repository of this package
AGAIN: Final = "an ab cannot be resumed; start it again"


def result_file(path: Path) -> Path:
    """The result file itself. Raises UsageError, with the nearest name, if there is none."""
    found = _find_path(path)
    if found is None:
        near = nearest(path.name, [(root / path).parent for root in ROOTS], _is_result_entry)
        raise UsageError(
            f"{path}: no such file or run; "
            + (f"did you mean {near}?" if near else "workspan list shows the runs")
        )
    return _result_in(found) if found.is_dir() else found


def reference_files(given: Path | None = None) -> list[Path]:
    """The given result file or run, or all in and below a given folder; else the repository's.

    Raises UsageError if there is none.
    """
    if given is None:
        found = [
            file
            for file in sorted(COMMITTED.glob("*/*.json"))
            if file.parent.name != LOCAL and is_result(file.name)
        ]
        if not found:
            raise UsageError(
                "no reference results beside this package (results/ of its repository);"
                " --from FILE|FOLDER names others"
            )
        here = Path.cwd()
        return [file.relative_to(here) if file.is_relative_to(here) else file for file in found]
    place = _find_path(given)
    if place is None or not is_folder_of_results(given):
        return [result_file(given)]
    found = sorted(
        file for file in place.rglob("*.json") if file.is_file() and is_result(file.name)
    )
    if not found:
        raise UsageError(f"--from {given}: no result file in this folder or below it")
    return found


def is_folder_of_results(given: Path | None) -> bool:
    """Whether the references are the contents of a folder, not a single file or run."""
    place = given and _find_path(given)
    return given is None or bool(place and place.is_dir() and not _is_result_entry(place))


def is_result(name: str) -> bool:
    """Whether a file of that name is a result, not a manifest or a journal of a run."""
    return (
        name.endswith(".json")
        and name != MANIFEST
        and not name.startswith(".")
        and not JOURNAL.fullmatch(name)
    )


def nearest(name: str, folders: Iterable[Path], wanted: Callable[[Path], bool]) -> Path | None:
    """The wanted entry of these folders with the nearest name; the first folder wins."""
    entries = [entry for folder in folders if folder.is_dir() for entry in sorted(folder.iterdir())]
    known = {entry.name: entry for entry in reversed(entries)}
    near = (known[word] for word in close_matches(name, known))
    return next(filter(wanted, near), None)


def is_ab_side(folder: Path) -> bool:
    """Whether an `ab` made it; False for an unreadable manifest, which is refused elsewhere."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            return msgspec.json.decode(file.read(), type=_Kind).kind == "ab"
    except (OSError, ValueError, RecursionError):
        return False


def is_ab(folder: Path) -> bool:
    """Whether it holds both sides of an `ab`."""
    return all(is_ab_side(folder / side) for side in "ab")


def ab_sides(old: Path, new: Path | None) -> tuple[Path, Path] | None:
    """The folders of both sides of one `ab`, if old is its folder, or old and new its sides."""
    first, second = _find_path(old), _find_path(new) if new else None
    if first and new is None and is_ab(first):
        return first / "a", first / "b"
    if not first or not second:
        return None
    sides = tuple(place.parent if place.name == RESULT else place for place in (first, second))
    one, other = (side.resolve() for side in sides)
    same = one.parent == other.parent and one != other
    return (sides[0], sides[1]) if same and all(map(is_ab_side, sides)) else None


class _Kind(msgspec.Struct):
    kind: str = "run"


def _find_path(path: Path) -> Path | None:
    return next(
        (candidate for candidate in (root / path for root in ROOTS) if candidate.exists()), None
    )


def _is_result_entry(entry: Path) -> bool:
    """Whether it is a result file, or a folder of results."""
    if entry.is_dir():
        return any((entry / name).is_file() for name in (RESULT, MANIFEST)) or is_ab(entry)
    return entry.is_file() and is_result(entry.name)


def _result_in(folder: Path) -> Path:
    if (folder / RESULT).exists():
        return folder / RESULT
    if is_ab(folder):
        raise UsageError(
            f"{folder}: is the folder of an ab comparison; workspan compare {folder} shows it,"
            f" and {folder / 'a'} and {folder / 'b'} are its results"
        )
    if is_ab_side(folder):
        raise UsageError(f"{folder}: was cut off before it had a result; {AGAIN}")
    if (folder / MANIFEST).exists():
        raise UsageError(
            f"{folder}: was cut off before it had a result;"
            f" finish it with: workspan run --resume {folder}"
        )
    raise UsageError(
        f"{folder}: is a folder without a {RESULT}; name a result file, or a run's folder"
    )
