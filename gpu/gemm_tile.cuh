// SPDX-License-Identifier: Apache-2.0
// The tiles of gemm: which part of C belongs to which lane, and the copies of strips of A and B to
// shared memory.
#pragma once

#include "gpu/device.cuh"

#include <cuda_pipeline.h>

namespace workspan {

// A block makes a tile of C from strips of A and B, kDepth of the inner dimension at a time,
// kStages of both in shared memory: one is multiplied while the next ones are in flight.
//
//                     B      kColumns
//                         +--+-------+--+
//                         |  | strip |  |  kDepth rows
//                         +--+-------+--+
//      A   kDepth         C      |
//         +--+---+--+     +--+---v---+--+       block tile   kRows x kColumns
//   kRows |  | s |  | --> |  | block |  |       warp tile    4 kDown x 8 kAcross of it
//         |  |   |  |     |  | tile  |  |       lane tile    kDown x kAcross of that
//         +--+---+--+     +--+-------+--+
//
// The rows of a lane lie in runs of 4 (one float4), 16 apart, its columns in runs of 4, 32 apart.
// The first 16 rows and 32 columns of a warp tile belong to these lanes:
//
//     columns      0..3   4..7  8..11   ...  28..31
//     rows  0..3   L 0    L 2    L 4    ...   L14     Adjacent lanes (0, 1) read the same of B,
//     rows  4..7   L 1    L 3    L 5    ...   L15     lanes two apart (0, 2) the same of A: so the
//     rows  8..11  L16    L18    L20    ...   L30     hardware serves 16 lanes at once; with 4 x 8
//     rows 12..15  L17    L19    L21    ...   L31     lanes in row order it does for A only.
//
// If C has too few tiles for the device, kSlices groups of warps share a tile: each multiplies its
// part of every strip's depth, and the sums are added at the end.
struct Shape {
    unsigned rows, columns; // of a block tile
    unsigned down, across;  // of a lane tile
    unsigned slices = 1;    // of the inner dimension
    unsigned depth;         // of a strip
    unsigned pieces = 1;    // of a tile: the sums of a piece fit the shared memory
};

constexpr unsigned kLaneRows = 4, kLaneColumns = 8; // the lanes of a warp in its tile
constexpr unsigned kStages = 3;
constexpr unsigned kPadding = 4; // floats after a row of A's strip: no bank conflicts of its copies

template <Shape kShape> struct GemmTile {
    static constexpr unsigned kRows = kShape.rows, kColumns = kShape.columns, kDown = kShape.down,
                              kAcross = kShape.across, kSlices = kShape.slices,
                              kDepth = kShape.depth, kPieces = kShape.pieces;
    static constexpr unsigned kWarpRows = kLaneRows * kDown, kWarpColumns = kLaneColumns * kAcross,
                              kWarpsAcross = kColumns / kWarpColumns;
    static constexpr unsigned kSliceThreads = 32 * (kRows / kWarpRows) * kWarpsAcross,
                              kThreads = kSliceThreads * kSlices;
    static constexpr unsigned kSteps = kDepth / kSlices; // of a slice in a strip
    static_assert(kSteps % 2 == 0);
    static constexpr unsigned kStrideA = kRows + kPadding, kStrideB = kColumns;
    static constexpr unsigned kStrip = kDepth * (kStrideA + kStrideB);
    static constexpr unsigned kSums = kSlices / 2 * (kRows * kColumns / kPieces);
    alignas(16) float floats[std::max(kStages * kStrip, kSums)]; // of strips, or sums to add

    __device__ float* a(unsigned stage) { return floats + stage * kStrip; } // transposed
    __device__ float* b(unsigned stage) { return a(stage) + kDepth * kStrideA; }

    __device__ static unsigned slice() { return threadIdx.x / kSliceThreads; }
    // The first row and column of this lane in the tile.
    __device__ static unsigned lane_row()
    {
        const unsigned lane = threadIdx.x % 32, warp = threadIdx.x % kSliceThreads / 32;
        return warp / kWarpsAcross * kWarpRows + (lane / 16 * 2 + lane % 2) * 4;
    }
    __device__ static unsigned lane_column()
    {
        const unsigned lane = threadIdx.x % 32, warp = threadIdx.x % kSliceThreads / 32;
        return warp % kWarpsAcross * kWarpColumns + lane / 2 % kLaneColumns * 4;
    }
};

// The copy of kRows x kColumns of a row-major matrix to shared memory by the threads of a block:
// kWidth floats at a time, 4, or 1 if n is not a multiple of 4, since rows are then not aligned to
// 16 bytes. In part i a thread copies those in row(i) and `column`.
template <unsigned kWidth, unsigned kThreads, unsigned kRows, unsigned kColumns, unsigned kStride>
struct Copy {
    static constexpr unsigned kBytes = kWidth * sizeof(float);
    static constexpr unsigned kAcross = kColumns / kWidth, kDown = kThreads / kAcross,
                              kParts = kRows / kDown;
    static_assert(kRows % kDown == 0);

    __device__ static unsigned row(unsigned i) { return threadIdx.x / kAcross + i * kDown; }
    __device__ static unsigned column() { return threadIdx.x % kAcross * kWidth; }
    __device__ static unsigned place(unsigned i) { return row(i) * kStride + column(); }
};

// The same, transposed: columns become rows, kStride floats apart. A warp copies 8 floats, a whole
// sector, of each of 4 rows: its 32 floats meet 32 banks, since kStride is a multiple of 4, but not
// of 8.
template <unsigned kThreads, unsigned kRows, unsigned kColumns, unsigned kStride>
struct TransposedCopy {
    static constexpr unsigned kBytes = sizeof(float);
    static constexpr unsigned kSectors = kColumns / 8, kDown = kThreads / kColumns,
                              kParts = kRows / kDown;
    static_assert(kRows % kDown == 0 && kDown % 4 == 0 && kStride % 8 == 4);

    __device__ static unsigned row(unsigned i)
    {
        return threadIdx.x / 32 / kSectors * 4 + threadIdx.x % 32 / 8 + i * kDown;
    }
    __device__ static unsigned column()
    {
        return threadIdx.x / 32 % kSectors * 8 + threadIdx.x % 8;
    }
    __device__ static unsigned place(unsigned i) { return column() * kStride + row(i); }
};

// The copies of strips by a thread, one strip after another: both places advance with every part,
// for cheap addresses. kWhole: n is a multiple of the tile's sides and depth; else zeros replace
// what lies outside of A and B.
template <class Tile, unsigned kWidth, bool kWhole> class Strips {
    using CopyA = TransposedCopy<Tile::kThreads, Tile::kRows, Tile::kDepth, Tile::kStrideA>;
    using CopyB = Copy<kWidth, Tile::kThreads, Tile::kDepth, Tile::kColumns, Tile::kStrideB>;

public:
    static constexpr unsigned kParts = CopyA::kParts + CopyB::kParts; // of the copy of a strip

    __device__ Strips(std::size_t n, const float* a, const float* b)
        : n_(n), left_(static_cast<unsigned>(n)),
          rows_(static_cast<unsigned>(std::min<std::size_t>(n - row(), Tile::kRows))),
          in_columns_(column() + CopyB::column() < n),
          a_(a + (row() + CopyA::row(0)) * n + CopyA::column()),
          b_(b + CopyB::row(0) * n + column() + CopyB::column())
    {
    }

    // The first row and column of the block.
    __device__ static std::size_t row() { return std::size_t(blockIdx.y) * Tile::kRows; }
    __device__ static std::size_t column() { return std::size_t(blockIdx.x) * Tile::kColumns; }

    // Starts to copy a part of the strips, if any are left. The parts follow each other.
    __device__ void start(unsigned part, Tile& tile, unsigned stage)
    {
        if (part < CopyA::kParts) {
            copy<CopyA>(tile.a(stage) + CopyA::place(part), a_,
                        CopyA::row(part) < rows_ && CopyA::column() < left_);
            a_ += CopyA::kDown * n_;
        } else {
            copy<CopyB>(tile.b(stage) + CopyB::place(part - CopyA::kParts), b_,
                        CopyB::row(part - CopyA::kParts) < left_ && in_columns_);
            b_ += CopyB::kDown * n_;
        }
    }

    // After all parts: on to the next strips.
    __device__ void advance()
    {
        __pipeline_commit();
        left_ -= left_ < Tile::kDepth ? left_ : Tile::kDepth;
        a_ -= Tile::kRows * n_;
        a_ += Tile::kDepth;
    }

private:
    template <class Part> __device__ void copy(float* to, const float* from, bool inside) const
    {
        if (kWhole ? left_ > 0 : inside)
            __pipeline_memcpy_async(to, from, Part::kBytes);
        else if (!kWhole)
            for (unsigned k = 0; k < Part::kBytes / sizeof(float); ++k)
                to[k] = 0;
    }

    std::size_t n_;
    unsigned left_; // of the inner dimension; n x n floats have n < 2^32
    unsigned rows_; // of A in the tile
    bool in_columns_;
    const float *a_, *b_;
};

} // namespace workspan
