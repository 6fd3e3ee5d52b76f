# SPDX-License-Identifier: Apache-2.0
"""A package, since other folders have tests of the same names."""
