# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of the result file, generated from its types.

`python -m workspan.resultfile.json_schema` rewrites it.
"""

from pathlib import Path
from typing import Any

import msgspec

from workspan.resultfile.model import SCHEMA_VERSION, ResultFile
from workspan.support.atomic_write import write_atomically

PATH = Path(__file__).with_name("result.schema.json")


def json_schema() -> dict[str, Any]:
    """Draft 2020-12. Rules that a schema cannot express are in consistency.py."""
    (reference,), components = msgspec.json.schema_components(
        [ResultFile], ref_template="#/$defs/{name}"
    )
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:workspan:result:{SCHEMA_VERSION}",
        "title": "Workspan result file",
        "description": "A superset of Google Benchmark's JSON. Times in seconds, sizes in bytes,"
        " rates per second, unless time_unit says otherwise.",
    }
    return (
        head
        | reference
        | {"$defs": {name: _portable(schema) for name, schema in sorted(components.items())}}
    )


def _portable(value: Any) -> Any:
    r"""Patterns as regular expressions of JSON Schema (ECMA 262), which have neither \A nor \Z."""
    if isinstance(value, dict):
        return {
            k: v.replace(r"\A", "^").replace(r"\Z", "$")
            if k == "pattern" and isinstance(v, str)
            else _portable(v)
            for k, v in value.items()
        }
    return [_portable(v) for v in value] if isinstance(value, list) else value


def encode_schema() -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=1) + b"\n"


if __name__ == "__main__":
    write_atomically(PATH, encode_schema())
