# SPDX-License-Identifier: Apache-2.0
"""CPU time of others: on the CPUs of a process, or of the machine, or unknown."""

from workspan.resultfile.cpu_time import increase, increase_on, of_others
from workspan.resultfile.machine_model import State


def test_counters_increase_unless_they_were_reset() -> None:
    assert increase(1.0, 3.5) == 2.5
    assert (increase(3.5, 1.0), increase("unknown", 1.0), increase(1.0, "unknown")) == (None,) * 3


def test_of_the_cpus_or_of_all_of_them() -> None:
    before = State(at=0.0, busy=10.0, busy_by_cpu={"0": 1.0, "1": 2.0})
    after = State(at=1.0, busy=14.0, busy_by_cpu={"0": 1.5, "1": 3.0})
    assert increase_on([1], before, after, "busy") == 1.0
    assert increase_on([0, 1], before, after, "busy") == 1.5
    assert increase_on([0, 7], before, after, "busy") == 4.0
    assert increase_on([0], before, after, "steal") is None


def test_what_others_used_is_unknown_if_it_is_hidden() -> None:
    assert of_others(3.0, 1.0) == 2.0
    assert (of_others(None, 1.0), of_others(0.4, 1.0)) == (None, None)
