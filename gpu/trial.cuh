// SPDX-License-Identifier: Apache-2.0
// The trials of a workload on the device. Arrays is constructed from the input and owns the device
// memory, with the output in `out`; uploads(input, arrays) lists the host-to-device copies,
// launch(input, arrays) enqueues the kernels without waiting for them.
#pragma once

#include "gpu/device.cuh"
#include "harness/host_trial.hpp"

namespace workspan {

// A host-to-device copy of a whole array, from host memory that outlives the trial.
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

// The copies of an end-to-end run: to the device, and from the device into `out`.
struct Transfers {
    Uploads uploads;
    std::span<std::byte> out;
    std::vector<std::shared_ptr<std::byte>> memory; // owns `out` and page-locked inputs
};

// The device reads and writes page-locked memory by DMA; pageable memory is staged through a
// page-locked buffer of the driver. Page-locked transfers copy the inputs first. Throws Unavailable
// if the system cannot lock more pages.
Transfers transfers(Uploads uploads, std::size_t out_bytes, bool page_locked);

// The answer of judge(bytes) on what an array holds.
template <class T, class Judge>
CheckResult verify_on_device(const DeviceArray<T>& array, const Judge& judge)
{
    HostArray<T> out(array.size()); // poisoned, so that a missing copy is caught
    array.download(out.bytes());
    synchronise();
    return judge(out.bytes());
}

// Data resident: uploaded once. run() only enqueues the kernels; the clock waits for them.
template <class Arrays, class Input, class Check, class ListUploads, class Launch>
Trial resident_trial(std::shared_ptr<const Input> input, Cost cost, Check check,
                     ListUploads uploads, Launch launch)
{
    using T = typename decltype(Arrays::out)::value_type;
    const auto on = std::make_shared<Arrays>(*input);
    const auto judge = check_of_bytes<T>(input, check);
    on->out.fill(0xff); // recycled memory may still hold the right output of an earlier trial
    enqueue(uploads(*input, *on));
    synchronise();
    const auto verify = [on, judge] { return verify_on_device(on->out, judge); };
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

// End to end: run() copies the inputs to the device, computes, and copies the output back. Host
// memory is pageable or page-locked, as the problem says; all memory is allocated beforehand.
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
    const auto poison_output = [on, host] {
        on->out.fill(0xff);
        synchronise();
        poison(host->out);
    };
    return {.run = run,
            .verify = [host, judge] { return judge(host->out); },
            .poison = poison_output,
            .check = judge,
            .output = host->out,
            .cost = cost};
}

// The trial that the problem asks for: with resident data, or with both transfers in every run.
// make_input(problem) and cost_of(n), or cost_of(input), are the contract's. Throws Unavailable,
// before the input is made, if no GPU can run our kernels.
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
