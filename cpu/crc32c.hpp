// SPDX-License-Identifier: Apache-2.0
// CRC-32C of the quarters of a block, by the CPU's instruction where it has one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace workspan {

// Slicing by 8 (Kounavis, Berry 2008): the tables of a byte that 0 to 7 other bytes follow.
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;
constexpr CrcTables crc32c_tables()
{
    CrcTables tables = {};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc % 2 == 1 ? 0x82f63b78 : 0);
        tables[0][byte] = crc;
    }
    for (std::size_t k = 1; k < 8; ++k)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 255];
    return tables;
}
inline constexpr CrcTables kCrcTables = crc32c_tables();

inline std::uint32_t crc32c_by_tables(std::uint32_t crc, std::uint64_t word)
{
    const std::uint64_t x = word ^ crc;
    std::uint32_t next = 0;
    for (unsigned k = 0; k < 8; ++k)
        next ^= kCrcTables[7 - k][(x >> (8 * k)) & 255];
    return next;
}

inline std::uint32_t crc32c_step(std::uint32_t crc, std::uint64_t word)
{
#if defined(__SSE4_2__)
    return static_cast<std::uint32_t>(_mm_crc32_u64(crc, word));
#elif defined(__ARM_FEATURE_CRC32)
    return __crc32cd(crc, word);
#else
    return crc32c_by_tables(crc, word);
#endif
}

// Of four streams of that many bytes, a multiple of 8, one behind the other. All four at once: the
// instruction takes three cycles, but another can begin in each.
inline void crc32c_of_four(const std::byte* streams, std::size_t bytes, std::uint32_t* out)
{
    std::array<std::uint32_t, 4> crcs;
    crcs.fill(~0U);
    for (std::size_t at = 0; at < bytes; at += 8)
        for (std::size_t k = 0; k < 4; ++k) {
            std::uint64_t word = 0;
            std::memcpy(&word, streams + k * bytes + at, 8);
            crcs[k] = crc32c_step(crcs[k], word);
        }
    for (std::size_t k = 0; k < 4; ++k)
        out[k] = ~crcs[k];
}

} // namespace workspan
