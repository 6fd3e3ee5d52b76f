# SPDX-License-Identifier: Apache-2.0
"""Tests of other packages have the same file names: here they are modules of a package."""
