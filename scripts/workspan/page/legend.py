# SPDX-License-Identifier: Apache-2.0
"""The legend of the page: the places where code ran, in the colours and shapes of the figures."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from workspan.analysis.ratios.places import Place, place_of
from workspan.page.sources import Source
from workspan.plot.palette import label_of
from workspan.resultfile.model import Status

SHAPES: Final = {  # of a box from -6 to 6, as matplotlib's markers
    Place.ONE: "M-4-4H4V4H-4Z",
    Place.TEAM: "M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0Z",
    Place.HOST_LIBRARY: "M0-5L5 4.4H-5Z",
    Place.GPU: "M0-5.4L5.4 0L0 5.4L-5.4 0Z",
    Place.TRANSFERS: "M0 5L5-4.4H-5Z",
    Place.GPU_LIBRARY: "M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z",
    Place.MODEL: "M-2.6-5L0-2.4L2.6-5L5-2.6L2.4 0L5 2.6L2.6 5L0 2.4L-2.6 5L-5 2.6L-2.4 0L-5-2.6Z",
}


class Entry(NamedTuple):
    """A place: its class, the path of its shape, and its name."""

    kind: str
    shape: str
    label: str


def legend(sources: Iterable[Source]) -> list[Entry]:
    """The places of all measured cases, in the order of the palette."""
    cpus = {source.cpus for source in sources}
    places = {
        place_of(case)
        for source in sources
        for case in source.content.workspan.cases
        if case.status is Status.OK
    }
    found = (place for place in Place if place in places)
    return [Entry(place.value, SHAPES[place], label_of(place, max(cpus))) for place in found]
