# SPDX-License-Identifier: Apache-2.0
"""Folders of the repository."""

from pathlib import Path

HELPERS = Path(__file__).parent
ROOT = HELPERS.parents[2]
SCRIPTS = ROOT / "scripts"
