// SPDX-License-Identifier: Apache-2.0
#include "harness/openmp.hpp"

#include "harness/children.hpp"

#include <algorithm>
#include <latch>
#include <omp.h>
#include <system_error>
#include <thread>

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

void require_startable(int threads)
{
    std::latch all(1);
    std::vector<std::jthread> started; // joined by their destructors, which come first
    try {
        for (int k = 0; k < threads; ++k)
            started.emplace_back([&all] { all.wait(); });
    } catch (const std::system_error& e) {
        const std::size_t most = started.size();
        all.count_down();
        throw Unavailable("cannot start " + std::to_string(threads) + " threads, only " +
                          std::to_string(most) + ": " + e.what() + " (" + limits_text() + ")");
    }
    all.count_down();
}

void require_threads(int team)
{
    static int largest = 1; // team that OpenMP has had
    if (team > largest)
        require_startable(team - 1);
    largest = std::max(largest, team);
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
