// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/scratch_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace workspan {

namespace {

constexpr mode_t kOwnerOnly = 0600;

std::string kib(std::size_t bytes) { return std::to_string((bytes + 1023) / 1024) + " KiB"; }

std::filesystem::path scratch_folder()
{
    const char* const chosen = std::getenv("TMPDIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

Unavailable unavailable(const std::filesystem::path& folder, const std::string& why)
{
    return Unavailable("a scratch file in " + folder.string() + ": " + why +
                       "; TMPDIR names another folder");
}

// For file systems that cannot make a file without a name.
int named_then_unlinked(const std::filesystem::path& folder)
{
    std::string name = folder / "workspan-XXXXXX";
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0)
        unlink(name.c_str());
    return descriptor;
}

int open_in(const std::filesystem::path& folder)
{
    int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOwnerOnly);
    if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        descriptor = named_then_unlinked(folder);
    if (descriptor < 0) {
        const int error = errno;
        rlimit files{};
        getrlimit(RLIMIT_NOFILE, &files);
        const std::string limit = " (RLIMIT_NOFILE " + std::to_string(files.rlim_cur) + ")";
        throw unavailable(folder, std::strerror(error) + (error == EMFILE ? limit : ""));
    }
    return descriptor;
}

// Why a file of that size does not fit, or nothing. Beyond RLIMIT_FSIZE a signal would end the
// process.
std::string why_no_room(int descriptor, std::size_t bytes)
{
    rlimit most{};
    if (getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur < bytes)
        return "it needs " + kib(bytes) + ", RLIMIT_FSIZE is " + kib(most.rlim_cur);
    struct statvfs disk {};
    if (fstatvfs(descriptor, &disk) != 0)
        return "";
    const double free = double(disk.f_bavail) * double(disk.f_frsize);
    return free < double(bytes)
               ? "it needs " + kib(bytes) + ", " + kib(std::size_t(free)) + " are free"
               : "";
}

bool is_in_memory(int descriptor)
{
    struct statfs system {};
    return fstatfs(descriptor, &system) == 0 &&
           (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}

// Whether most pages of the file are in the page cache.
bool is_cached(int descriptor, std::size_t bytes)
{
    void* const file = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    if (file == MAP_FAILED)
        return false;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> pages((bytes + page - 1) / page);
    const bool known = mincore(file, bytes, pages.data()) == 0;
    munmap(file, bytes);
    const auto cached = std::count_if(pages.begin(), pages.end(), [](auto p) { return p & 1; });
    return known && 2 * static_cast<std::size_t>(cached) > pages.size();
}

// Whether the page cache gives the file up; what the kernel still holds takes a moment.
bool leaves_page_cache(int descriptor, std::size_t bytes)
{
    constexpr int tries = 20;
    for (int k = 0; k < tries; ++k) {
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
        if (bytes == 0 || !is_cached(descriptor, bytes))
            return true;
        usleep(1000);
    }
    return false;
}

} // namespace

ScratchFile::ScratchFile(std::size_t bytes)
    : folder_(scratch_folder()), descriptor_(open_in(folder_))
{
    if (const std::string why = why_no_room(descriptor_, bytes); !why.empty()) {
        close(descriptor_);
        throw unavailable(folder_, why);
    }
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : folder_(std::move(other.folder_)), descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_)
{
}

ScratchFile::~ScratchFile()
{
    if (descriptor_ >= 0)
        close(descriptor_);
}

void ScratchFile::append(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), off_t(size_));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            throw unavailable(folder_, std::strerror(errno));
        size_ += static_cast<std::size_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void ScratchFile::sync()
{
    while (fsync(descriptor_) != 0)
        if (errno != EINTR)
            throw unavailable(folder_, std::strerror(errno));
}

// A file system in memory may accept O_DIRECT, and give memory for a disk. One that lies over such
// a file system, as a container's, has another type: there the file stays in the page cache.
void ScratchFile::bypass_page_cache()
{
    if (is_in_memory(descriptor_))
        throw Unavailable("needs a file system on a disk; " + folder_.string() +
                          " is a tmpfs or ramfs; TMPDIR names another folder");
    if (!leaves_page_cache(descriptor_, size_))
        throw Unavailable("needs a file system on a disk; that of " + folder_.string() +
                          " keeps files in memory; TMPDIR names another folder");
    const int flags = fcntl(descriptor_, F_GETFL);
    if (flags < 0 || fcntl(descriptor_, F_SETFL, flags | O_DIRECT) != 0)
        throw Unavailable(std::string("needs O_DIRECT: ") + std::strerror(errno) + " in " +
                          folder_.string() + "; TMPDIR names another folder");
}

} // namespace workspan
