# SPDX-License-Identifier: Apache-2.0
"""Figures for papers and pages: numbers in, SVG, PNG and PDF out."""
