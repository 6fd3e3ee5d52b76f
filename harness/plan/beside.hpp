// SPDX-License-Identifier: Apache-2.0
// Ceilings beside a group: the workload that bounds it, measured in the same blocks, so that what
// moves the machine moves both.
#pragma once

#include "harness/plan/plan.hpp"

namespace workspan {

struct CeilingsBeside {
    Group cases;
    std::string why_none = {}; // if there should be some
};

// `omp` of the group's ceiling on one thread and on as many as the group's host cases have, `cuda`
// if it has cases on a device. In a core's L1 or L2 each thread makes many passes over a share of
// its own; beyond them the size is the catalogue's nearest of the same level of the memory
// hierarchy; for arithmetic a run takes one to three milliseconds on any number of threads. No
// cases for ceilings themselves and for workloads without a ceiling.
CeilingsBeside ceilings_beside(const Group& group, const Plan& plan);

} // namespace workspan
