# SPDX-License-Identifier: Apache-2.0
"""--break-even on a made-up machine: rounds to a factor of 2, resumed, refused and crashed."""

import pytest
from narrowing_runs import (
    MadeUpMachine,
    base_run,
    measure_round,
    measured_rounds,
    records,
    rising_to,
)

from workspan.analysis.laws.break_even import BreakEven
from workspan.resultfile.model import Journal
from workspan.running.narrowing import Narrowing
from workspan.running.rounds import Narrowed

CROSSING = 3 * 2**12  # between 2^13 and 2^14


def started(machine: MadeUpMachine) -> tuple[Narrowing, list[Journal]]:
    whole = machine.manifest()
    return Narrowing(whole, machine.ask), base_run(machine, whole)


def only(found: tuple[BreakEven, ...], transfers: str) -> BreakEven:
    (one,) = [b for b in found if b.transfers == transfers]
    return one


def next_part(narrowing: Narrowing, journals: list[Journal]) -> Narrowed:
    found = narrowing.next_round(journals)
    assert found
    (part,) = found.parts.values()
    return part


def test_eight_octaves_take_three_rounds() -> None:
    machine = MadeUpMachine(rising_to(CROSSING))
    narrowing, journals = started(machine)
    assert measured_rounds(machine, narrowing, journals) == [(2**14,), (2**12,), (2**13,)]
    resident = only(narrowing.break_evens(journals), "resident")
    assert (resident.kind, resident.brackets) == ("between", ((2**13, 2**14),))
    assert narrowing.wide_brackets(journals) == ()
    assert [r.number for r in records(journals)] == [*range(1, 13)]


def test_both_kinds_of_transfers_are_narrowed_at_once() -> None:
    """With transfers of 4 times the kernel's time it breaks even at 16 times the size."""
    machine = MadeUpMachine(rising_to(CROSSING), transfers=4.0, sizes=(2**10, 2**20))
    narrowing, journals = started(machine)
    measured_rounds(machine, narrowing, journals)
    found = narrowing.break_evens(journals)
    assert only(found, "resident").brackets == ((2**13, 2**14),)
    assert only(found, "pageable").brackets == ((2**17, 2**18),)


def test_only_the_codes_that_decide_are_measured() -> None:
    narrowing, journals = started(MadeUpMachine(rising_to(CROSSING)))
    part = next_part(narrowing, journals)
    assert set(part.variants) == {"seq", "omp", "cuda"}, "neither omp_plain nor hopeless transfers"
    assert {c.n for c in part.cases} == {2**14}
    assert narrowing.cases == [*part.cases]


def test_the_binary_is_asked_once_for_all_sizes_of_a_workload() -> None:
    machine = MadeUpMachine(rising_to(CROSSING))
    narrowing, journals = started(machine)
    measured_rounds(machine, narrowing, journals)
    (options,) = machine.asked
    assert options.workload == ("reduce",)
    assert [int(n) for n in options.sizes] == [2**k for k in range(11, 18)]


def test_a_size_beyond_the_memory_gives_way_and_is_named() -> None:
    machine = MadeUpMachine(rising_to(CROSSING), refused=(2**12, 2**13, 2**14))
    narrowing, journals = started(machine)
    assert measured_rounds(machine, narrowing, journals) == [(2**15,), (2**11,)]
    (wide,) = narrowing.wide_brackets(journals)
    assert wide.ends == (2**11, 2**15)
    assert wide.refused
    assert wide.refused.reason == "no memory"


def test_a_size_without_a_time_is_tried_once() -> None:
    machine = MadeUpMachine(rising_to(CROSSING), slow=(2**14,))
    narrowing, journals = started(machine)
    assert measured_rounds(machine, narrowing, journals)[:2] == [(2**14,), (2**13,)]
    assert only(narrowing.break_evens(journals), "resident").brackets == ((2**13, 2**15),)


def test_a_size_of_the_preset_is_not_measured_again() -> None:
    machine = MadeUpMachine(rising_to(CROSSING), slow=(2**14,), sizes=(2**10, 2**14, 2**18))
    narrowing, journals = started(machine)
    assert (2**14,) not in measured_rounds(machine, narrowing, journals)
    assert not {str(2**14)} & {n for options in machine.asked for n in options.sizes}


def test_inputs_have_sizes_of_their_own() -> None:
    """2^14 does not fit with the second one."""
    machine = MadeUpMachine(rising_to(CROSSING), inputs=("uniform", "zipf"), refused=(2**14,))
    narrowing, journals = started(machine)
    assert next_part(narrowing, journals).sizes == (2**13, 2**14)


def test_a_round_without_a_survivor_is_the_last_one_of_its_workload() -> None:
    """What was measured before is left as it is."""
    machine = MadeUpMachine(rising_to(CROSSING), crashes=(2**12,))
    narrowing, journals = started(machine)
    assert measured_rounds(machine, narrowing, journals) == [(2**14,), (2**12,)]
    assert len(journals) == 3 + 3 + 1
    bracket = only(narrowing.break_evens(journals), "resident").brackets
    assert bracket == ((2**10, 2**14),)
    (wide,) = narrowing.wide_brackets(journals)
    assert (wide.refused, wide.untold) == (None, False)


@pytest.mark.parametrize("cut", range(3, 12))
def test_a_run_that_is_cut_off_anywhere_goes_on_as_if_it_had_not_been(cut: int) -> None:
    machine = MadeUpMachine(rising_to(CROSSING))
    narrowing, journals = started(machine)
    measured_rounds(machine, narrowing, journals)
    half = journals[:cut]
    measured_rounds(machine, Narrowing(machine.manifest(), machine.ask), half)
    assert records(half) == records(journals)


def test_a_round_whose_sizes_no_longer_follow_stays_as_it_is() -> None:
    """Since less memory is left than when it began; no number is given twice."""
    machine = MadeUpMachine(rising_to(CROSSING))
    narrowing, journals = started(machine)
    found = narrowing.next_round(journals)
    assert found
    measure_round(machine, found, journals)
    del journals[-1]
    machine.refused = (2**14,)
    later = Narrowing(machine.manifest(), machine.ask)
    assert measured_rounds(machine, later, journals)[0] == (2**12,)
    numbers = [r.number for r in records(journals)]
    assert len(set(numbers)) == len(numbers)


def test_nothing_is_narrowed_if_the_gpu_always_wins() -> None:
    machine = MadeUpMachine(lambda _: 2.0)
    narrowing, journals = started(machine)
    assert narrowing.next_round(journals) is None
    assert machine.asked == []
    assert only(narrowing.break_evens(journals), "resident").kind == "always"
