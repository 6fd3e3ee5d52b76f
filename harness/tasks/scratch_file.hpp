// SPDX-License-Identifier: Apache-2.0
// A file that no name leads to, so that nothing is left behind, however the process ends.
#pragma once

#include "harness/workload.hpp"

namespace workspan {

// In the folder TMPDIR, else in /var/tmp, which unlike /tmp is on a disk on most systems. What the
// system refuses is Unavailable, with the folder and the reason.
class ScratchFile {
public:
    explicit ScratchFile(std::size_t bytes); // with room for that many
    ScratchFile(ScratchFile&& other) noexcept;
    ScratchFile& operator=(ScratchFile&&) = delete;
    ~ScratchFile();

    void append(std::span<const std::byte> bytes);
    void sync(); // what was written is on the disk, and in the page cache
    // From now on reads go to the disk and write to memory of the caller, which is aligned to
    // pages (O_DIRECT), and the page cache has nothing of the file. After sync().
    void bypass_page_cache();

    int descriptor() const { return descriptor_; }

private:
    std::filesystem::path folder_;
    int descriptor_;
    std::size_t size_ = 0;
};

} // namespace workspan
