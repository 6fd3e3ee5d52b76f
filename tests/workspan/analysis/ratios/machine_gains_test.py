# SPDX-License-Identifier: Apache-2.0
"""What the machine gave: of each ceiling and of all, by one estimator."""

import math

import pytest
from block_files import ceiling, in_blocks, merged, process
from judging import moving
from sample_results import COMMITTED, result

from workspan.analysis.ratios.machine_gains import (
    MachineGain,
    State,
    gain_of_logs,
    machine_gain,
    machine_gains,
)
from workspan.analysis.verdicts.alarms import alarms
from workspan.resultfile.model import Journal, RateUnit, ResultFile
from workspan.resultfile.read import read_result

ALL = dict.fromkeys(range(1, 9), 1.0)


def beside(workload: str, bound: str, gain: float, number: int) -> Journal:
    """A process of a workload, with the ceiling that bounds it in its blocks."""
    group = f"{workload}/seq/n:8/threads:1"
    ceilings = [
        ceiling(f"{bound}/omp/n:9/threads:{p}", dict.fromkeys(ALL, t), group)
        for p, t in ((1, 1.0), (2, 1 / gain))
    ]
    return process(number, [in_blocks(group, ALL)], ceilings)


def rows(bound: str, gain: float, number: int) -> Journal:
    """A process of the ceiling itself."""
    times = (1, 1.0), (2, 1 / gain)
    cases = [in_blocks(f"{bound}/omp/n:9/threads:{p}", dict.fromkeys(ALL, t)) for p, t in times]
    return process(number, cases, [])


def of_two_ceilings() -> ResultFile:
    """Beside other cases both gain less than in their own rows."""
    journals = [beside("scan", "copy", 1.2, k) for k in (1, 2, 3)]
    journals += [beside("reduce", "read", 1.5, k) for k in (1, 2, 3)]
    return merged([*journals, rows("copy", 1.8, 1), rows("read", 1.9, 1)])


def test_a_ceiling_has_the_gain_of_all_of_its_processes() -> None:
    gains = machine_gains(of_two_ceilings(), "bytes")
    assert {name: gain.value for name, gain in gains.items()} == {
        "copy": pytest.approx(1.2),
        "read": pytest.approx(1.5),
    }
    assert {gain.processes for gain in gains.values()} == {4}


def test_what_all_gain_is_the_median_over_the_processes() -> None:
    gain = machine_gain(of_two_ceilings(), "bytes")
    assert gain and gain.value == pytest.approx(1.5)
    assert (gain.low, gain.high) == (pytest.approx(1.2), pytest.approx(1.9))
    assert machine_gain(of_two_ceilings(), "flops") is None


def test_the_alarm_shows_the_same_gains() -> None:
    (alarm,) = (a for a in alarms(of_two_ceilings()) if a.code == "ceilings_differ")
    gains = {name: g.value for name, g in machine_gains(of_two_ceilings(), "bytes").items()}
    assert (alarm.numbers["low"], alarm.numbers["high"]) == (gains["copy"], gains["read"])


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.parent.name + path.name)
@pytest.mark.parametrize("unit", ["flops", "bytes"])
def test_the_headline_lies_between_the_gains_of_the_ceilings(path: object, unit: RateUnit) -> None:
    file = read_result(path)  # type: ignore[arg-type]
    gain, gains = machine_gain(file, unit), machine_gains(file, unit)
    assert bool(gain) == bool(gains)
    if gain:
        values = [one.value for one in gains.values()]
        assert min(values) * (1 - 1e-9) <= gain.value <= max(values) * (1 + 1e-9)


def test_of_one_process_without_records_there_is_no_interval() -> None:
    names = ("copy", "read", "triad")
    cases = [moving(f"{name}/omp/n:64/threads:{p}", 20 * p**0.5) for name in names for p in (1, 2)]
    gain = machine_gain(result(cases), "bytes")
    assert gain and (gain.processes, gain.is_of_one_process) == (1, True)


def of(*gains: float) -> MachineGain:
    found = gain_of_logs([math.log(gain) for gain in gains])
    assert found
    return found


def test_processes_in_two_groups_are_two_states_and_no_mean_of_both() -> None:
    low, high = (1.12, 1.15, 1.17, 1.2, 1.26), (1.91, 1.95, 2.12)
    found = of(*high, *low)
    assert found.states == (
        State(pytest.approx(1.17), 5),
        State(pytest.approx(1.95), 3),
    )
    assert found.value == pytest.approx(1.17)
    assert of(*low, *high[:2]).states == (), "two processes may be outliers"
    assert of(*low, *(g * 0.68 for g in high)).states == (), "groups within a factor of 1.15"
    assert of(1.0, 1.2, 1.4, 1.65, 2.1, 2.1, 2.1).states == (), "no gap wider than a group"


def test_the_range_leaves_out_one_in_twenty_on_each_side() -> None:
    few = of(*(1 + k / 100 for k in range(19)))
    assert (few.low, few.high, few.value) == pytest.approx((1, 1.18, 1.09))
    many = of(*(1 + k / 100 for k in range(20)))
    assert (many.low, many.high) == pytest.approx((1.01, 1.18))
    assert gain_of_logs([]) is None
