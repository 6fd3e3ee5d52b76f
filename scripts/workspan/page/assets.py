# SPDX-License-Identifier: Apache-2.0
"""Templates, style and script of the page, and the policy that lets a browser run no other ones."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workspan.page.colors import color_rules
from workspan.report.cells import LONGEST_TEXT
from workspan.support.text import plain

TEMPLATES: Final = Path(__file__).parent / "templates"
LONGEST: Final = 20 * LONGEST_TEXT  # characters of one text on the page


@cache
def environment() -> Environment:
    """All that templates show is escaped, and its control characters are made visible."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=harmless,
    )
    found.filters["breakable"] = breakable
    return found


def harmless(value: Any) -> Any:
    """A text from a file without control characters, and not longer than a page can bear."""
    if isinstance(value, str) and not isinstance(value, Markup):
        cut = value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
        return plain(cut)
    return value


def breakable(text: str) -> Markup:
    """The escaped text of a cell, in which a line may end behind a slash: names of cases."""
    return Markup("/<wbr>").join(str(harmless(text)).split("/"))


def style() -> str:
    """The style sheet."""
    return color_rules() + (TEMPLATES / "page.css").read_text("utf-8")


def script() -> str:
    """The script."""
    return (TEMPLATES / "page.js").read_text("utf-8")


def policy(style_text: str, script_text: str) -> str:
    """The Content-Security-Policy: nothing is loaded, and only these two texts are obeyed."""
    return (
        f"default-src 'none'; script-src '{_hash(script_text)}'; style-src '{_hash(style_text)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
