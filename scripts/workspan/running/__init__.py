# SPDX-License-Identifier: Apache-2.0
"""Starts the binary and saves its measurements."""
