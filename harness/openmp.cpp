// SPDX-License-Identifier: Apache-2.0
#include "harness/openmp.hpp"

#include "harness/workload.hpp"

#include <algorithm>
#include <omp.h>

namespace workspan {

std::vector<int> openmp_cpus()
{
    std::vector<int> cpus;
    for (int place = 0; place < omp_get_num_places(); ++place) {
        std::vector<int> ids(static_cast<std::size_t>(omp_get_place_num_procs(place)));
        omp_get_place_proc_ids(place, ids.data());
        cpus.insert(cpus.end(), ids.begin(), ids.end());
    }
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return cpus;
}

void require_threads(int team)
{
    omp_set_dynamic(0);
    omp_set_num_threads(team);
    int got = 0;
#pragma omp parallel
#pragma omp single
    got = omp_get_num_threads();
    if (got != team)
        throw Unavailable("OpenMP gives " + std::to_string(got) + " threads instead of " +
                          std::to_string(team));
}

} // namespace workspan
