# SPDX-License-Identifier: Apache-2.0
"""What was found as JSON can hold it: dataclasses by their fields, estimates with intervals that
are found late, a case by its name.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate


def json_of(found: object) -> str:
    """Its JSON, indented, as a text that ends with a line feed; absent values are null."""
    return msgspec.json.format(msgspec.json.encode(_plain(found)), indent=1).decode() + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Case):
        return value.name
    if isinstance(value, Estimate):
        return {name: _plain(getattr(value, name)) for name in Estimate.__struct_fields__}
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
