# SPDX-License-Identifier: Apache-2.0
"""Values of the command line: formats, times, sizes, lists, thresholds."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from workspan.support.errors import UsageError
from workspan.support.suggest import choose, did_you_mean

if TYPE_CHECKING:
    from workspan.compare.reference_band import Bands
    from workspan.compare.verdict import Thresholds

T = TypeVar("T")


class Format(str, Enum):
    """Output formats; each command takes some of them."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"
    PARQUET = "parquet"
    GOBENCH = "gobench"
    TEXT = "text"


COMPARISON_FORMATS: Final = (
    Format.TABLE,
    Format.MARKDOWN,
    Format.JSON,
    Format.CSV,
    Format.JUNIT,
)
MODEL_FORMATS: Final = (Format.TABLE, Format.MARKDOWN, Format.JSON)
EXPORT_FORMATS: Final = (Format.CSV, Format.PARQUET, Format.GOBENCH, Format.JUNIT)
ANALYSIS_FORMATS: Final = (Format.TEXT, Format.JSON, Format.MARKDOWN)
FINDING_FORMATS: Final = (Format.TEXT, Format.JSON)
FAIL_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "slower": ("SLOWER",),
    "broken": ("BROKEN",),
    "faster": ("FASTER",),
    "inconclusive": ("INCONCLUSIVE", "NONE"),  # neither is a verdict that a gate may trust
    "missing": ("ONLY_OLD",),
    "none": (),
}
EXAMPLES: Final = {
    "--workload": "gemm,triad",
    "--variant": "seq,omp",
    "--threads": "1,2,all",
    "--sizes": "2^20,2^24",
}
_SECONDS: Final = {"": 1.0, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES: Final = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}


class PathType(click.ParamType):
    """A path that is not empty: pathlib takes an empty one for the current folder."""

    name = "path"

    def __init__(self, wanted: str) -> None:
        """wanted: what the path should name."""
        self._wanted = wanted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Raises UsageError that names the option or argument."""
        if not str(value):
            raise UsageError(f"{_shown_name(param)}: the name is empty; name {self._wanted}")
        return Path(value)


def _shown_name(param: click.Parameter | None) -> str:
    """--results, or FILE."""
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.human_readable_name.strip("[]") if param else ""


A_FILE: Final = PathType("a file")
A_FOLDER: Final = PathType("a folder")
A_RESULT: Final = PathType("a result file or a run")
A_REFERENCE: Final = PathType("a result file, a run, or a folder of results")
A_BINARY: Final = PathType("a binary")


def choice_of(words: Sequence[str]) -> click.Choice:
    """The type of an option that takes only these words."""
    return click.Choice([word.value if isinstance(word, Enum) else word for word in words])


def parse_optional(parse: Callable[[str, str], T], text: str | None, option: str) -> T | None:
    """The parsed value, or None for an option that was not given."""
    return None if text is None else parse(text, option)


def parse_seconds(text: str, option: str) -> float:
    """90, 90s, 1.5m, 2h, 500ms; above 0. Raises UsageError that names the option."""
    match = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]*)\s*", text)
    value = float(match[1]) * _SECONDS.get(match[2], 0.0) if match else 0.0
    if not 0 < value <= 1e9:
        raise UsageError(f"{option}: '{text}' is not a time; for example: 90s, 5m or 2h")
    return value


def parse_bytes(text: str, option: str) -> int:
    """300M, 2GB, 1.5GiB (k, M, G, T: powers of 1000); above 0. Raises UsageError."""
    match = re.fullmatch(r"\s*([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([kmgt]?i?)b?\s*", text.lower())
    value = round(float(match[1]) * _BYTES.get(match[2], 0)) if match else 0
    if not 0 < value < 2**63:
        raise UsageError(
            f"{option}: '{text}' is not an amount of memory; for example: 300M, 2GB or 1.5GiB"
        )
    return value


def parse_names(text: str, option: str) -> tuple[str, ...]:
    """The names of a list: gemm,triad. Raises UsageError for an empty one: it would mean all."""
    names = tuple(word.strip() for word in text.split(",") if word.strip())
    if not names:
        raise UsageError(
            f"{option} '{text}': is an empty list; "
            f"omit {option}, or give for example {EXAMPLES.get(option, 'a,b')}"
        )
    return names


def parse_cases(
    workload: str | None, variant: str | None, threads: str | None, sizes: str | None
) -> dict[str, Any]:
    """The lists that choose cases; only those that were given. Raises UsageError."""
    texts = {"workload": workload, "variant": variant, "threads": threads, "sizes": sizes}
    return {n: parse_names(text, f"--{n}") for n, text in texts.items() if text is not None}


def parse_limits(
    time_budget: str | None, timeout: str | None, memory_limit: str | None, cpus: str | None
) -> dict[str, Any]:
    """What a run may use; only the limits that were given. Raises UsageError."""
    from workspan.machine.pinning import choose_cpus

    limits = {
        "time_budget": parse_optional(parse_seconds, time_budget, "--time-budget"),
        "timeout": parse_optional(parse_seconds, timeout, "--timeout"),
        "memory_limit": parse_optional(parse_bytes, memory_limit, "--memory-limit"),
        "cpus": None if cpus is None else tuple(choose_cpus(cpus)),
    }
    return {name: value for name, value in limits.items() if value is not None}


def parse_thresholds(change: str, fail_on: str) -> "Thresholds":
    """--threshold, the default if empty, and --fail-on. Raises UsageError."""
    from workspan.compare.verdict import Thresholds, Verdict

    words = [word.strip() for word in fail_on.split(",") if word.strip()]
    for word in words:
        require_known("--fail-on", word, tuple(FAIL_ON))
    if "none" in words and len(words) > 1:
        raise UsageError("--fail-on: none cannot be combined with other verdicts")
    if not words:
        raise UsageError(f"--fail-on: '{fail_on}' names no verdict; none fails on nothing")
    verdicts = frozenset(Verdict(value) for word in words for value in FAIL_ON[word])
    share = _parse_share(change) if change else Thresholds.change
    return Thresholds(share, verdicts)


def parse_bands(threshold: str) -> "Bands":
    """--threshold of --reference: one band for all, or the defaults. Raises UsageError."""
    from workspan.compare.reference_band import Bands

    return Bands(_parse_share(threshold), _parse_share(threshold)) if threshold else Bands()


def _parse_share(text: str) -> float:
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*(%?)", text)
    share = float(match[1]) / (100 if match[2] else 1) if match else 0.0
    if not 0 < share < 1:
        raise UsageError(
            f"--threshold: '{text}' is not a share between 0 and 1; for example: 3% or 0.03"
        )
    return share


def parse_filter(text: str) -> Callable[[str], bool]:
    """The predicate of --filter, as in Google Benchmark's --benchmark_filter. Raises UsageError."""
    negative = text.startswith("-")
    try:
        search = re.compile(text.removeprefix("-")).search
    except (re.error, RecursionError, OverflowError) as e:
        raise UsageError(f"--filter: '{text}' is not a regular expression: {e}") from None
    return lambda name: (search(name) is None) == negative


def require_known(option: str, word: str, known: Sequence[str]) -> None:
    """Raises UsageError with the nearest known word for an unknown one."""
    if word not in known:
        near = did_you_mean(word, known, otherwise=choose(known))
        raise UsageError(f"{option}: unknown value '{word}'; {near}")
