# SPDX-License-Identifier: Apache-2.0
"""What the sizes and threads of a run tell together: scaling, break-even, roofs, work and span."""
