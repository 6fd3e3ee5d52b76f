# SPDX-License-Identifier: Apache-2.0
"""One HTML page of a run, or of several: offline, safe from what files contain, the same bytes."""
