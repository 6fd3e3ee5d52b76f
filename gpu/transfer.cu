// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"
#include "harness/contracts/transfer.hpp"

namespace workspan {

namespace {

using Array = DeviceArray<std::uint8_t>;

// Host memory of the kind that the problem says: what goes to the device, and what comes back.
std::shared_ptr<const Transfers> host_end(const Problem& p, Uploads there, std::size_t back)
{
    return std::make_shared<const Transfers>(
        transfers(std::move(there), back, p.transfer == Transfer::pinned));
}

// A copy in each direction, each on a stream of its own.
void copy_both_ways(const Transfers& host, const Array& from, cudaStream_t back)
{
    enqueue(host.uploads);
    from.download(host.out, back);
    check(cudaStreamSynchronize(back));
    synchronise();
}

// So that bytes that do not arrive are not those of an earlier copy.
void poison_on_device(Array& array)
{
    array.fill(0xff);
    synchronise();
}

} // namespace

Trial transfer::h2d(const Problem& p)
{
    require_device();
    const auto in = input(p);
    const auto to = std::make_shared<Array>(p.n);
    poison_on_device(*to);
    const auto host = host_end(p, {{*to, *in}}, 0);
    const auto judge = check_of_bytes<std::uint8_t>(in, check);
    const auto run = [in, host] { // pageable copies read the input itself
        enqueue(host->uploads);
        synchronise();
    };
    return {.run = run,
            .verify = [to, judge] { return verify_on_device(*to, judge); },
            .poison = [to] { poison_on_device(*to); },
            .check = judge,
            .cost = one_way(p.n)};
}

Trial transfer::d2h(const Problem& p)
{
    require_device();
    const auto in = input(p);
    const auto from = std::make_shared<Array>(p.n);
    const auto host = host_end(p, {{*from, *in}}, p.n);
    enqueue(host->uploads); // what a run copies back
    synchronise();
    const auto judge = check_of_bytes<std::uint8_t>(in, check);
    const auto run = [from, host] {
        from->download(host->out);
        synchronise();
    };
    return {.run = run,
            .verify = [host, judge] { return judge(host->out); },
            .poison = [host] { poison(host->out); },
            .check = judge,
            .output = host->out,
            .cost = one_way(p.n)};
}

Trial transfer::both(const Problem& p)
{
    require_device();
    const auto in = input(p);
    const auto to = std::make_shared<Array>(p.n), from = std::make_shared<Array>(p.n);
    poison_on_device(*to);
    enqueue({{*from, *in}}); // what a run copies back
    synchronise();
    const auto host = host_end(p, {{*to, *in}}, p.n);
    const std::shared_ptr<CUstream_st> back = make_stream();
    const auto judge = check_of_bytes<std::uint8_t>(in, check);
    const auto verify = [to, host, judge] {
        const CheckResult there = verify_on_device(*to, judge);
        return there.ok ? judge(host->out) : there;
    };
    const auto poison_outputs = [to, host] {
        poison_on_device(*to);
        poison(host->out);
    };
    return {.run = [in, host, from, back] { copy_both_ways(*host, *from, back.get()); },
            .verify = verify,
            .poison = poison_outputs,
            .check = judge,
            .output = host->out,
            .cost = both_ways(p.n)};
}

} // namespace workspan
