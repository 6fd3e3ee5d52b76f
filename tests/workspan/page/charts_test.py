# SPDX-License-Identifier: Apache-2.0
"""Pictures: a figure at two widths with ids of their own, the table of its data, or none."""

import re
from pathlib import Path

from made_up_traces import encoded_trace, four_orders
from matplotlib.figure import Figure

from workspan.page.charts import Chart, of_kind, picture, sizes_of, timeline
from workspan.page.sources import Source
from workspan.plot.traces.trace import read_traces


def drawn(width: int) -> Figure:
    figure = Figure(figsize=(width / 25.4, 1))
    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 2], "o", gid="a/b/n:1/threads:1")
    return figure


def chart(**changed: object) -> Chart:
    fields = {
        "name": "x",
        "label": "A chart",
        "draw": drawn,
        "table": (("a", "b"), [("c", "1.5")]),
        "tip": {"a/b/n:1/threads:1": "the tip"}.get,
    }
    return Chart(**(fields | changed))


def test_a_picture_has_two_widths_without_a_common_id() -> None:
    found = picture(chart())
    widths = [int(re.search(r'width="(\d+)"', svg)[1]) for svg in (found.wide, found.narrow)]
    assert widths == [802, 356]
    ids = [set(re.findall(r'\sid="([^"]+)"', svg)) for svg in (found.wide, found.narrow)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert all("the tip" in svg for svg in (found.wide, found.narrow))
    assert found.table.rows[0][1].value == 1.5


def test_a_card_has_the_narrow_one_only() -> None:
    found = picture(chart(is_card=True))
    assert found.wide == ""
    assert 'width="356"' in found.narrow


def test_a_kind_without_data_has_no_picture(h100: Source, small: Source) -> None:
    assert of_kind("sizes", small) is None
    found = of_kind("speedup", h100)
    assert found
    assert "16 CPUs do the work of" in found.label
    assert "gemm/omp/n:2048/threads:16" not in found.wide.split("<title>")[0]
    assert "14x vs seq" in found.wide
    assert sizes_of("gemm", h100) is None, "two sizes are no curve"


def test_a_trace_becomes_a_timeline(tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_bytes(encoded_trace(four_orders()))
    found = timeline(1, read_traces(file))
    assert not found.has_kinds, "its colours are CPUs"
    assert "Interleaved" in found.narrow
    assert len(found.table.rows) > 10
