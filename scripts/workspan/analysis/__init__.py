# SPDX-License-Identifier: Apache-2.0
"""One run: many invocations merged into one result, and the judgement on it."""
