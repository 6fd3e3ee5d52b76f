// SPDX-License-Identifier: Apache-2.0
#include "gpu/trial.cuh"

namespace workspan {

namespace {

std::shared_ptr<std::byte> page_locked_memory(std::size_t bytes)
{
    void* p = nullptr;
    const cudaError_t status = cudaMallocHost(&p, std::max<std::size_t>(bytes, 1));
    if (status == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        throw OutOfMemory("cannot page-lock " + std::to_string(bytes) +
                          " more bytes of host memory (ulimit -l)");
    }
    check(status);
    std::memset(p, 0xff, bytes); // recycled memory may hold the right output of an earlier trial
    return {static_cast<std::byte*>(p), [](std::byte* block) { cudaFreeHost(block); }};
}

} // namespace

void enqueue(const Uploads& uploads)
{
    for (const Upload& upload : uploads)
        if (upload.bytes > 0)
            check(cudaMemcpyAsync(upload.to, upload.from, upload.bytes, cudaMemcpyHostToDevice,
                                  stream()));
}

Transfers transfers(Uploads uploads, std::size_t out_bytes, bool page_locked)
{
    std::vector<std::shared_ptr<std::byte>> memory = {page_locked ? page_locked_memory(out_bytes)
                                                                  : allocate_host(out_bytes, 1)};
    const std::span out(memory[0].get(), out_bytes);
    if (page_locked)
        for (Upload& upload : uploads) {
            const auto& copy = memory.emplace_back(page_locked_memory(upload.bytes));
            std::memcpy(copy.get(), upload.from, upload.bytes);
            upload.from = copy.get();
        }
    return {std::move(uploads), out, std::move(memory)};
}

} // namespace workspan
