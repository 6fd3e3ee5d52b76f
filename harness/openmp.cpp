// SPDX-License-Identifier: Apache-2.0
#include "harness/openmp.hpp"

#include "harness/tasks/children.hpp"

#include <algorithm>
#include <latch>
#include <omp.h>
#include <system_error>
#include <thread>

namespace workspan {

namespace {

int kept = 1; // threads, that run or can be started: of the last team but those of one

int size_of_team()
{
    int size = 0;
#pragma omp parallel
#pragma omp single
    size = omp_get_num_threads();
    return size;
}

} // namespace

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
    started.reserve(static_cast<std::size_t>(std::max(threads, 0)));
    std::string refusal;
    try {
        for (int k = 0; k < threads; ++k)
            started.emplace_back([&all] { all.wait(); });
    } catch (const std::exception& e) { // std::system_error, or no memory
        refusal = e.what();
    }
    all.count_down();
    if (!refusal.empty())
        throw refused("cannot start " + std::to_string(threads) + " threads, only " +
                          std::to_string(started.size()),
                      refusal);
}

void allow_team(int team)
{
    if (team > kept)
        require_startable(team - kept);
    if (team > 1)
        kept = team;
    omp_set_num_threads(team);
}

void set_team(int team)
{
    const bool grows = team > kept;
    allow_team(team);
    if (grows)
        size_of_team(); // starts them
}

void end_idle_threads()
{
    if (omp_pause_resource_all(omp_pause_soft) == 0)
        kept = 1;
}

void require_threads(int team)
{
    omp_set_dynamic(0);
    set_team(team);
    const int got = size_of_team();
    if (got != team)
        throw Unavailable("OpenMP gives " + std::to_string(got) + " threads instead of " +
                          std::to_string(team));
}

} // namespace workspan
