# SPDX-License-Identifier: Apache-2.0
"""How two files differ in machine, build, environment and run; whether they are of one machine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from workspan.resultfile.core_pairs import answer_of, words
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.hardware import (
    VECTORS,
    Properties,
    differing,
    machine_properties,
    same_memory,
)
from workspan.resultfile.machine_model import Cpu
from workspan.resultfile.model import Machine, ResultFile
from workspan.resultfile.read import AnyFile
from workspan.support.errors import UsageError
from workspan.support.text import plain, quantity
from workspan.support.units import format_bytes

VOLATILE = (  # change from minute to minute
    "machine.memory.available",
    "machine.limits.memory_left",
    "machine.cuda.gpus.clocks_mhz.sm",
    "machine.cuda.gpus.clocks_mhz.memory",
)
PAIRS = "machine.cpu.pairs"  # measured anew by each run; compared by what they tell
VOLATILE_CONTEXT = ("date", "executable", "load_avg")
OF_THE_RUN = ("preset", "seed", "target", "all_threads", "invocations")
SETS = ("machine.cpu.flags", "build.cpu_features", VECTORS)  # shown: what one side only has


@dataclass(frozen=True)
class Difference:
    """A property of machine, build, environment or run that differs between the two sides."""

    what: str
    old: str
    new: str


def find_differences(old: AnyFile, new: AnyFile) -> list[Difference]:
    """Machine first, then build, environment and run.

    Files of other programs have a context only, which is compared if both are such files.
    """
    if isinstance(old, ForeignFile) or isinstance(new, ForeignFile):
        a, b = (dict(f.context) if isinstance(f, ForeignFile) else {} for f in (old, new))
        keys = [key for key in {**a, **b} if key not in VOLATILE_CONTEXT] if a and b else []
        return [
            _make_difference(key, a.get(key), b.get(key))
            for key in keys
            if a.get(key) != b.get(key)
        ]
    then, now = _flatten(old), _flatten(new)
    keys = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    keys = [key for key in keys if key not in VOLATILE and not key.startswith(PAIRS)]
    if "machine.memory.bytes" in keys and same_memory(old.workspan.machine, new.workspan.machine):
        keys.remove("machine.memory.bytes")
    order = ("machine", "build", "environment", "run")
    return [
        *_core_pairs(old.workspan.machine.cpu, new.workspan.machine.cpu),
        *(
            _make_difference(key, then.get(key), now.get(key))
            for key in sorted(keys, key=lambda key: order.index(key.split(".")[0]))
        ),
    ]


def _core_pairs(old: Cpu, new: Cpu) -> Iterator[Difference]:
    """CPUs that are one core on one side and two on the other; other gains are noise."""
    then, now = ({(p.first, p.second): p for p in cpu.pairs} for cpu in (old, new))
    changed = [
        pair
        for pair in then
        if pair in now and answer_of(then[pair].gain) != answer_of(now[pair].gain)
    ]
    if changed:
        sides = ([of[pair] for pair in changed] for of in (then, now))
        yield Difference(PAIRS, *(words(pairs) for pairs in sides))


def _flatten(file: ResultFile) -> dict[str, Any]:
    ours = file.workspan
    run = {key: getattr(ours.run, key) for key in OF_THE_RUN}
    parts = {
        "machine": ours.machine,
        "build": ours.build,
        "environment": ours.environment,
        "run": run,
    }
    return dict(_leaves(msgspec.to_builtins(parts), ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Paths without list indices; the values of several elements stand in one text."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        texts: dict[str, list[str]] = {}
        for element in value:
            for key, leaf in _leaves(element, path):
                texts.setdefault(key, []).append(_value_text(leaf))
        yield from ((key, ", ".join(leaves)) for key, leaves in texts.items())
    else:
        yield path, value


def _value_text(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, list):
        return " ".join(map(_value_text, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value) or "empty"


def _make_difference(key: str, old: Any, new: Any) -> Difference:
    if key in SETS and old is not None and new is not None:
        a, b = (set(_value_text(side).replace(",", " ").split()) for side in (old, new))
        if a != b:
            return Difference(
                plain(key),
                plain(" ".join(sorted(a - b))) or "none more",
                plain(" ".join(sorted(b - a))) or "none more",
            )
    if key == "machine.memory.bytes":
        old, new = (
            format_bytes(side) if isinstance(side, int | float) else side for side in (old, new)
        )
    return Difference(plain(key), plain(_value_text(old)), plain(_value_text(new)))


def property_differences(old: Properties, new: Properties) -> list[Difference]:
    """The known properties that differ; of instructions those of one side only."""
    return [_make_difference(what, a, b) for what, (a, b) in differing(old, new).items()]


def machine_differences(old: Machine, new: Machine) -> list[Difference]:
    """How two machines differ; empty if they are the same, whatever their names.

    A property that is unknown of one of them makes none.
    """
    found = property_differences(machine_properties(old), machine_properties(new))
    sizes = old.memory.bytes, new.memory.bytes
    if "unknown" not in sizes and not same_memory(old, new):
        found.append(Difference("memory", *(format_bytes(float(size)) for size in sizes)))
    return found


def of_two_machines(old: AnyFile, new: AnyFile) -> list[Difference]:
    """How the machines of two files of workspan differ; empty if they are one.

    Raises UsageError for other programs' files of two machines, which say too little of them to be
    compared, and if only one of the files is workspan's.
    """
    if isinstance(old, ResultFile) and isinstance(new, ResultFile):
        return machine_differences(old.workspan.machine, new.workspan.machine)
    if isinstance(old, ForeignFile) and isinstance(new, ForeignFile):
        a, b = old.context.get("num_cpus"), new.context.get("num_cpus")
        if a and b and a != b:
            raise UsageError(
                f"these are different machines: {plain(a)} CPUs, then {plain(b)}; "
                "times of different machines are not comparable"
            )
        return []
    raise UsageError(
        "one is a result file of workspan and the other another program's: "
        "they share no cases and no description of the machine"
    )


def two_machines(differences: Sequence[Difference]) -> str:
    """In words: these are different machines, and how they differ."""
    how = "; ".join(f"{plain(d.what)} {plain(d.old)}, then {plain(d.new)}" for d in differences)
    return f"these are different machines: {how}"


def file_label(file: AnyFile, name: str) -> str:
    """A file in one line: name, date, preset, invocations and commit."""
    if isinstance(file, ForeignFile):
        return plain(
            ", ".join((name, "Google Benchmark", *filter(None, [file.context.get("date")])))
        )
    run, build = file.workspan.run, file.workspan.build
    many = quantity(run.invocations, "invocation")
    parts = [
        name,
        f"{run.started[:10]} {run.started[11:16]} UTC",
        run.preset,
        many,
        build.short_commit(8),
    ]
    return plain(", ".join(parts + ([] if run.complete else ["interrupted"])))
