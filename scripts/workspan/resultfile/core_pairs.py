# SPDX-License-Identifier: Apache-2.0
"""Whether two CPUs are one core, by what they computed at once (`bench --pairs`).

The probe runs code that fills the arithmetic units of a core from one thread: the second thread of
that core gains nothing, a second core as much again. The kernel of a virtual machine may say
otherwise of both.
"""

from collections.abc import Sequence
from typing import Final, Literal

from workspan.resultfile.machine_model import Cpu, CpuPair

# Gains that hardware threads bring to code of other kinds end at about 1.3 (Marr et al. 2002,
# Intel Technology Journal 6). Two cores lose what turbo gives one alone; between is neither.
ONE_CORE: Final = 1.3
TWO_CORES: Final = 1.7

Answer = Literal["one_core", "two_cores", "cannot_tell"]
SENTENCES: Final[dict[Answer, str]] = {
    "one_core": "{} are one core",
    "two_cores": "{} are two cores",
    "cannot_tell": "whether {} are one core or two cannot be told",
}


def answer_of(gain: float) -> Answer:
    """From what each of two CPUs had left of its rate alone, added."""
    if gain <= ONE_CORE:
        return "one_core"
    return "two_cores" if gain >= TWO_CORES else "cannot_tell"


def answered(pairs: Sequence[CpuPair], answer: Answer) -> list[CpuPair]:
    """The pairs that get this answer."""
    return [pair for pair in pairs if answer_of(pair.gain) == answer]


def words(pairs: Sequence[CpuPair]) -> str:
    """CPUs 0 and 8 are one core (1.02x); CPUs 0 and each of 1, 15 are two cores (1.95x to 1.98x).

    Empty without pairs.
    """
    groups = ((answered(pairs, answer), said) for answer, said in SENTENCES.items())
    return "; ".join(
        f"{said.format(_names(group))} ({_gains(group)})" for group, said in groups if group
    )


def contradicts_kernel(cpu: Cpu) -> bool:
    """Whether two CPUs are one core, of which the kernel says that each has one hardware thread."""
    return cpu.threads_per_core == 1 and bool(answered(cpu.pairs, "one_core"))


def _names(pairs: Sequence[CpuPair]) -> str:
    """All of them are pairs of one CPU with others."""
    others = ", ".join(str(pair.second) for pair in pairs)
    return f"CPUs {pairs[0].first} and {'each of ' if len(pairs) > 1 else ''}{others}"


def _gains(pairs: Sequence[CpuPair]) -> str:
    low, high = (f"{end(pair.gain for pair in pairs):.2f}x" for end in (min, max))
    return low if low == high else f"{low} to {high}"
