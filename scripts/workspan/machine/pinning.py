# SPDX-License-Identifier: Apache-2.0
"""The CPUs of an invocation: a CPU set for the process; one CPU per thread only if all use OpenMP.

With OMP_PROC_BIND set, libgomp binds the main thread too, and every std::thread, TBB or OpenBLAS
thread and child process inherits that one CPU. So an invocation that mixes threading models gets a
CPU set only.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from workspan.machine.proc_files import contents
from workspan.support.errors import UsageError
from workspan.support.text import plain, quantity

MAX_CPUS: Final = 65536
BINDING: Final = ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "KMP_AFFINITY")


def usable_cpus() -> list[int]:
    """The CPUs that this process may use, in order."""
    return sorted(os.sched_getaffinity(0))


def parse_cpus(text: str) -> list[int]:
    """The CPUs of a list in the format of taskset, 0-3,6, in order. Raises UsageError."""
    cpus: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,7})(?:-([0-9]{1,7}))?\s*", part)
        if match is None:
            raise UsageError(
                f"--cpus '{text}': '{part}' is neither a CPU nor a range; for example: 0-3,6"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last >= MAX_CPUS:
            raise UsageError(
                f"--cpus '{text}': the range '{part}' must be ascending, and end below {MAX_CPUS}"
            )
        cpus.update(range(first, last + 1))
    return sorted(cpus)


def choose_cpus(text: str | None, usable: Sequence[int] | None = None) -> list[int]:
    """The requested CPUs, or all usable ones. Raises UsageError if one may not be used."""
    usable = usable_cpus() if usable is None else usable
    if text is None:
        return sorted(usable)
    requested = parse_cpus(text)
    if missing := sorted(set(requested) - set(usable)):
        raise UsageError(
            f"--cpus '{text}': this process may not use CPU {format_cpus(missing)}, "
            f"only {format_cpus(usable)}"
        )
    return requested


@contextlib.contextmanager
def on_cpus(cpus: Sequence[int]) -> Iterator[None]:
    """Restricts children to these CPUs, so that plan and measurement agree. Raises UsageError."""
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, cpus)
    except OSError:
        raise UsageError(f"CPUs {format_cpus(cpus)} cannot be used") from None
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def format_cpus(cpus: Iterable[int]) -> str:
    """The shortest list that parse_cpus reads back; empty for none."""
    ranges: list[list[int]] = []
    for cpu in sorted(set(cpus)):
        if ranges and cpu == ranges[-1][1] + 1:
            ranges[-1][1] = cpu
        else:
            ranges.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def bindings(environment: Mapping[str, str]) -> list[str]:
    """The settings, NAME=VALUE, that make an OpenMP runtime bind the thread that loads it.

    None if OMP_PROC_BIND is false.
    """
    if environment.get("OMP_PROC_BIND", "").lower() == "false":
        return []
    return [
        f"{name}={environment[name]}"
        for name in BINDING
        if environment.get(name, "").lower() not in ("", "disabled", "none")
    ]


def binding_warning(
    own_threads: Mapping[str, Iterable[str]], environment: Mapping[str, str] | None = None
) -> str:
    """A warning if the user's binding confines threads other than OpenMP's to one CPU; else empty.

    own_threads: the variants with such threads, by workload. environment: os.environ by default.
    """
    settings = bindings(os.environ if environment is None else environment)
    victims = {name: sorted(variants) for name, variants in own_threads.items()}
    victims = {name: variants for name, variants in victims.items() if variants}
    if not settings or not victims:
        return ""
    first, others = next(iter(victims)), len(victims) - 1
    where = f"{', '.join(victims[first])} of {first}" + (
        f" and of {quantity(others, 'more workload')}" if others else ""
    )
    return plain(
        f"{' '.join(settings)} of the environment puts all threads of {where} on one CPU; "
        "unset it, workspan binds threads itself if possible"
    )


def openmp_environment(
    threadings: Iterable[str],
    cpus: Sequence[int],
    environment: Mapping[str, str] | None = None,
    root: Path = Path("/"),
) -> dict[str, str]:
    """The variables that bind each OpenMP thread to its own CPU, if all variants are OpenMP.

    Empty if the user has set a binding already. environment: os.environ by default.
    """
    present = os.environ if environment is None else environment
    if set(threadings) != {"team"} or not cpus or any(name in present for name in BINDING):
        return {}
    places = ",".join(f"{{{cpu}}}" for cpu in cores_first(cpus, root))
    return {"OMP_PROC_BIND": "close", "OMP_PLACES": places}


def cores_first(cpus: Sequence[int], root: Path = Path("/")) -> list[int]:
    """One hardware thread of every core before any second one, so that few threads share no core.

    root holds sys/.
    """
    ranks: list[tuple[int, int]] = []  # rank within its core, CPU
    last: dict[str, int] = {}
    for cpu in sorted(set(cpus)):
        siblings = contents(
            root / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
        ).strip() or str(cpu)
        last[siblings] = last.get(siblings, -1) + 1
        ranks.append((last[siblings], cpu))
    return [cpu for _, cpu in sorted(ranks)]
