# SPDX-License-Identifier: Apache-2.0
"""The collector rests, and is afterwards what it was before."""

import gc

import pytest

from workspan.support.collector import collector_at_rest


@pytest.fixture(autouse=True)
def enabled() -> object:
    yield gc.enable()
    gc.enable()


def test_it_rests_within_and_not_after_an_error() -> None:
    with pytest.raises(ValueError, match="of the work"), collector_at_rest():
        assert not gc.isenabled()
        raise ValueError("of the work")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with collector_at_rest():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_rests_within_each_other_end_with_the_outer_one() -> None:
    with collector_at_rest():
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_while_it_rested_is_old() -> None:
    with collector_at_rest():
        kept = [[] for _ in range(1000)]
    oldest = {id(value) for value in gc.get_objects(generation=2)}
    assert {id(value) for value in kept} <= oldest
    assert gc.get_freeze_count() == 0
