// SPDX-License-Identifier: Apache-2.0
// How long tasks took, from many runs: a log-linear histogram with 128 buckets a doubling, after
// HdrHistogram (Gil Tene). It loses nothing when it is merged with others, unlike percentiles.
#pragma once

#include "harness/tasks/shared_array.hpp"
#include "harness/workload.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace workspan {

// Durations in ns, 0 to 2^40 (18 minutes); longer ones count as that. 34 KiB.
class Histogram {
public:
    void add(std::uint64_t ns) { ++counts_[bucket_of(ns)]; }
    void clear() { std::fill(counts_.begin(), counts_.end(), 0); }
    Histogram& operator+=(const Histogram& other)
    {
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
            counts_[bucket] += other.counts_[bucket];
        return *this;
    }
    std::uint64_t count() const
    {
        std::uint64_t sum = 0;
        for (const std::uint64_t tasks : counts_)
            sum += tasks;
        return sum;
    }

    // By the highest duration of each bucket that is not empty.
    Latencies latencies() const
    {
        Latencies found;
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
            if (counts_[bucket] > 0)
                found[highest_of(bucket)] = counts_[bucket];
        return found;
    }

private:
    static constexpr int kBits = 7; // below 2^(kBits + 1) each duration has a bucket of its own
    static constexpr std::size_t kBuckets = 34 << kBits;

    static std::size_t bucket_of(std::uint64_t ns)
    {
        const int doublings = std::max(0, static_cast<int>(std::bit_width(ns)) - kBits - 1);
        const std::size_t bucket = (static_cast<std::size_t>(doublings) << kBits) +
                                   static_cast<std::size_t>(ns >> doublings);
        return std::min(bucket, kBuckets - 1);
    }
    static std::uint64_t highest_of(std::size_t bucket)
    {
        const std::size_t doublings = std::max<std::size_t>(bucket >> kBits, 1) - 1;
        return ((std::uint64_t(bucket) - (doublings << kBits) + 1) << doublings) - 1;
    }

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(kBuckets);
};

// Of the tasks of runs. A task owns its element, so threads and child processes need no lock.
class TaskLatencies {
public:
    explicit TaskLatencies(std::size_t tasks) : ns_(tasks) {}

    void set(std::size_t task, std::int64_t ns) const { ns_[task] = std::max<std::int64_t>(ns, 1); }

    // All tasks of a run have ended: adds what they set to the histogram, about 1 ns a task.
    void end_run()
    {
        for (std::int64_t& ns : ns_) {
            if (ns > 0)
                histogram_.add(static_cast<std::uint64_t>(ns));
            else
                ++missing_;
            ns = 0;
        }
    }
    void clear()
    {
        histogram_.clear();
        std::fill(ns_.begin(), ns_.end(), 0);
        missing_ = 0;
    }

    std::size_t missing() const { return missing_; } // tasks that set nothing, since clear()
    // Returns and forgets those of all runs since the last call or clear().
    Latencies take()
    {
        Latencies taken = histogram_.latencies();
        histogram_.clear();
        return taken;
    }

private:
    SharedArray<std::int64_t> ns_;
    Histogram histogram_;
    std::size_t missing_ = 0;
};

} // namespace workspan
