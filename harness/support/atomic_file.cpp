// SPDX-License-Identifier: Apache-2.0
#include "harness/support/atomic_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace workspan {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const char* doing, int error)
{
    throw WriteError(fmt::format("{}: cannot {}: {}", path.string(), doing, std::strerror(error)));
}

// An open file for writing, closed on the way out.
class File {
public:
    // Errors name `shown`, the file that the user asked for.
    File(const fs::path& path, const fs::path& shown, int flags)
        : path_(shown), descriptor_(open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, 0644))
    {
        if (descriptor_ < 0)
            fail(path_, "open", errno);
    }
    ~File()
    {
        if (descriptor_ >= 0)
            close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write_all(const std::string& text) const
    {
        for (std::size_t done = 0; done < text.size();) {
            const ssize_t wrote = write(descriptor_, text.data() + done, text.size() - done);
            if (wrote < 0 && errno != EINTR)
                fail(path_, "write", errno);
            done += wrote < 0 ? 0 : static_cast<std::size_t>(wrote);
        }
    }
    // On pipes and devices there is nothing to sync.
    void sync() const
    {
        if (fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
            fail(path_, "write", errno);
    }
    void finish()
    {
        const int closed = close(std::exchange(descriptor_, -1));
        if (closed != 0)
            fail(path_, "write", errno);
    }

private:
    fs::path path_;
    int descriptor_;
};

fs::path temporary_beside(const fs::path& path)
{
    return path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), getpid());
}

bool is_special(const fs::path& path)
{
    std::error_code none;
    const auto type = fs::status(path, none).type();
    return type == fs::file_type::character || type == fs::file_type::fifo ||
           type == fs::file_type::socket || type == fs::file_type::block;
}

// Writes a temporary file whole; a failure leaves nothing behind.
void write_temporary(const fs::path& temporary, const fs::path& shown, const std::string& text)
{
    try {
        File file(temporary, shown, O_CREAT | O_TRUNC);
        file.write_all(text);
        file.sync();
        file.finish();
    } catch (...) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        throw;
    }
}

} // namespace

void check_writable(const fs::path& path)
{
    std::error_code none;
    if (fs::is_directory(path, none))
        fail(path, "write", EISDIR);
    if (is_special(path))
        return;
    const fs::path temporary = temporary_beside(path);
    write_temporary(
        temporary, path,
        std::string(1 << 16, ' ')); // a full disk shows here, before anything is measured
    fs::remove(temporary, none);
}

void write_atomically(const fs::path& path, const std::string& text)
{
    if (is_special(path)) {
        File file(path, path, 0);
        file.write_all(text);
        file.sync();
        file.finish();
        return;
    }
    const fs::path temporary = temporary_beside(path);
    write_temporary(temporary, path, text);
    if (rename(temporary.c_str(), path.c_str()) != 0) {
        const int error = errno;
        std::error_code ignored;
        fs::remove(temporary, ignored);
        fail(path, "write", error);
    }
}

} // namespace workspan
