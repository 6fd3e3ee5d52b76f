# SPDX-License-Identifier: Apache-2.0
"""Axes in points that the figures of runs share: scales, rows, small multiples, labels."""
