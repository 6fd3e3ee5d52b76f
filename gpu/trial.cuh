// SPDX-License-Identifier: Apache-2.0
// The trials of a workload on the device. Arrays is constructed from the input and owns what lies
// on the device, `out` among it; uploads(input, arrays) lists the copies of the inputs,
// launch(input, arrays) enqueues the kernels and leaves waiting to the trial.
#pragma once

#include "gpu/device.cuh"

namespace workspan {

// A copy of all of an array to the device, from host memory that outlives the trial.
struct Upload {
    template <class T>
    Upload(DeviceArray<T>& array, std::span<const std::type_identity_t<T>> source)
        : to(array.data()), from(source.data()), bytes(array.size_bytes())
    {
    }

    void* to;
    const void* from;
    std::size_t bytes;
};
using Uploads = std::vector<Upload>;

void enqueue(const Uploads& uploads);

// What a run end to end copies: to the device, and from there into `out`.
struct Transfers {
    Uploads uploads;
    std::span<std::byte> out;
    std::vector<std::shared_ptr<std::byte>> memory; // that belongs to them
};

// The device reads and writes page-locked memory itself; pageable memory the driver copies once
// more, through a page-locked buffer of its own. Page-locked transfers have copies of the inputs.
// Throws Unavailable where the system locks no more pages.
Transfers transfers(Uploads uploads, std::size_t out_bytes, bool page_locked);

// Data resident: uploaded once; run() only enqueues the kernels, and whoever takes the time waits
// for them.
template <class Arrays, class Input, class Check, class ListUploads, class Launch>
Trial resident_trial(std::shared_ptr<const Input> input, Cost cost, Check check,
                     ListUploads uploads, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    on->out.fill(0xff); // memory that an earlier trial gave back may still hold its right output
    enqueue(uploads(*input, *on));
    synchronise();
    const auto verify = [on, judge] {
        HostArray<T> out(on->out.size()); // spoilt, so that a copy that does not happen is caught
        on->out.download(out.bytes());
        synchronise();
        return judge(out.bytes());
    };
    const auto poison_output = [on] {
        on->out.fill(0xff);
        synchronise();
    };
    return {.run = [input, on, launch] { launch(*input, *on); },
            .verify = verify,
            .poison = poison_output,
            .check = judge,
            .cost = cost};
}

// End to end: run() copies the inputs to the device, computes, and copies the output back, from and
// to pageable or page-locked memory of the host, as the problem says. All memory is allocated
// beforehand.
template <class Arrays, class Input, class Check, class ListUploads, class Launch>
Trial e2e_trial(const Problem& problem, std::shared_ptr<const Input> input, Cost cost, Check check,
                ListUploads uploads, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    const auto host = std::make_shared<const Transfers>(transfers(
        uploads(*input, *on), on->out.size_bytes(), problem.transfer == Transfer::pinned));
    const auto run = [input, on, host, launch] {
        enqueue(host->uploads);
        launch(*input, *on);
        on->out.download(host->out);
        synchronise();
    };
    const auto poison_outputs = [on, host] {
        on->out.fill(0xff);
        synchronise();
        poison(host->out);
    };
    return {.run = run,
            .verify = [host, judge] { return judge(host->out); },
            .poison = poison_outputs,
            .check = judge,
            .output = host->out,
            .cost = cost};
}

// The trial that the problem asks for: data resident on the device, or with both transfers in every
// run. input(problem) and cost(n), or cost(input), are the contract's. Throws Unavailable, before
// the input is made, if no GPU can run our kernels.
template <class Arrays, class MakeInput, class CostOf, class Check, class ListUploads, class Launch>
Trial device_trial(const Problem& problem, MakeInput make_input, CostOf cost_of, Check check,
                   ListUploads uploads, Launch launch)
{
    require_device();
    const auto input = make_input(problem);
    Cost cost;
    if constexpr (std::is_invocable_v<CostOf, decltype(*input)>)
        cost = cost_of(*input);
    else
        cost = cost_of(problem.n);
    if (problem.transfer == Transfer::none)
        return resident_trial<Arrays>(input, cost, check, uploads, launch);
    return e2e_trial<Arrays>(problem, input, cost, check, uploads, launch);
}

} // namespace workspan
