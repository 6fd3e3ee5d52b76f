# SPDX-License-Identifier: Apache-2.0
"""What cases are worth: ratios with their intervals, ceilings, doubts about them."""
