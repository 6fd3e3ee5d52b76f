# SPDX-License-Identifier: Apache-2.0
"""One run: many invocations become one judged result."""
