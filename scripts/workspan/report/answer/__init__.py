# SPDX-License-Identifier: Apache-2.0
"""The sentences of `workspan analyze` and of the answer after a run."""
