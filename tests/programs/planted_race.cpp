// SPDX-License-Identifier: Apache-2.0
// A team whose threads all add to the same array, in vectors: what ThreadSanitizer must find, or
// its silence about the kernels says nothing. It sees accesses of up to 16 bytes only, so that
// kernels built for wider vectors would hide their races from it.
#include <cstdio>

namespace {

void add_one(long* counts, long n)
{
#pragma omp simd
    for (long i = 0; i < n; ++i)
        counts[i] += 1;
}

} // namespace

int main()
{
    alignas(64) static long counts[1024] = {};
#pragma omp parallel num_threads(4)
    add_one(counts, 1024);
    std::printf("%ld\n", counts[1023]);
}
