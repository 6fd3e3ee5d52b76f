# SPDX-License-Identifier: Apache-2.0
"""Comparisons of two sets of cases: pure functions over result files."""
