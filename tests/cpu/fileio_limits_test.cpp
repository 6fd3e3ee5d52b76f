// SPDX-License-Identifier: Apache-2.0
// fileio where the system refuses io_uring, descriptors, locked memory, threads or room on the
// disk: a variant is unavailable and says why, or its run fails; nothing hangs, and nothing is left
// behind. Each case runs in a process of its own, which limits itself.
#include "tests/contracts/walk.hpp"
#include "tests/cpu/every_model.hpp"
#include "tests/cpu/outcomes.hpp"
#include "tests/cpu/possessions.hpp"
#include "tests/cpu/refusals.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <thread>

namespace workspan {
namespace {

namespace fs = std::filesystem;

// While it lives, TMPDIR is a folder that everyone may write to; the process of a death test, which
// ends without destructors, uses that of its parent.
struct Folder {
    Folder()
    {
        if (const char* const parents = std::getenv(kParents); parents != nullptr)
            path = parents;
        else
            fs::permissions(path = made(), fs::perms::all);
        setenv("TMPDIR", path.c_str(), 1);
        setenv(kParents, path.c_str(), 1);
    }
    ~Folder()
    {
        fs::remove_all(path);
        unsetenv(kParents);
        before ? setenv("TMPDIR", before->c_str(), 1) : unsetenv("TMPDIR");
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    static constexpr const char* kParents = "WORKSPAN_TEST_FOLDER";
    static std::string made()
    {
        std::string name = fs::temp_directory_path() / "workspan-test-XXXXXX";
        require_zero(mkdtemp(name.data()) == nullptr, "mkdtemp");
        return name;
    }
    std::optional<std::string> before =
        std::getenv("TMPDIR") == nullptr ? std::nullopt : std::optional(std::getenv("TMPDIR"));
    fs::path path;
};

using Refuse = void (*)();

// This many descriptors more than those that are open, until the soft limit is raised again.
void leave_descriptors(int number)
{
    const int next = dup(0);
    close(next);
    set_soft_limit(RLIMIT_NOFILE, static_cast<rlim_t>(next + number));
}

// What comes of one run after refuse(), and what it leaves behind.
[[noreturn]] void tell(const std::string& variant, const char* input, Refuse refuse)
{
    alarm(60); // a hang ends
    const Variant fileio = find({"fileio", variant}).variant;
    const Problem problem = {.n = 20, .keys = {{"input", input}, {"inflight", "4"}}};
    std::thread([] {}).join(); // ThreadSanitizer starts one of its own with the first
    const Possessions before = possessions();
    const std::size_t descriptors = open_files();
    refuse();
    std::cerr << outcome(fileio, problem) << "\n";
    set_soft_limit(RLIMIT_NOFILE, RLIM_INFINITY);
    tell_what_is_left_behind(before);
    if (open_files() != descriptors)
        std::cerr << "left a descriptor behind\n";
    if (const char* const folder = std::getenv(Folder::kParents); folder && files_in(folder) > 0)
        std::cerr << "left a file behind\n";
    end();
}

std::vector<std::string> variants()
{
    std::vector<std::string> names;
    for (const Walked& walked : all_variants(false))
        if (walked.workload == "fileio")
            names.push_back(walked.variant);
    return names;
}

class FileioLimits : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
    void expect(const char* input, Refuse refuse, const std::string& said) const
    {
        const std::string variant = GetParam();
        EXPECT_EXIT(tell(variant, input, refuse), testing::ExitedWithCode(0), "^" + said + "\n$");
    }
    bool is(const char* variant) const { return GetParam() == variant; }
    // Not "right" if io_uring is refused or was not built.
    bool runs_here() const
    {
        const Problem one = {.n = 1, .keys = {{"input", "cached"}, {"inflight", "1"}}};
        return why_unavailable(find({"fileio", GetParam()}).variant, one).empty();
    }
};

INSTANTIATE_TEST_SUITE_P(Host, FileioLimits, testing::ValuesIn(variants()),
                         [](const auto& of) { return of.param; });

TEST_P(FileioLimits, IsUnavailableIfTheSystemRefusesThreads)
{
    if (!runs_here())
        GTEST_SKIP() << "skipped: io_uring is refused";
    const bool alone = is("seq") || is("io_uring");
    expect("cached", refuse_by_filter,
           alone ? "right"
                 : "unavailable: cannot start .*: Resource temporarily unavailable "
                   "\\(RLIMIT_NPROC .*\\)");
}

// None is left, or one: that is the file's, and the ring has none.
TEST_P(FileioLimits, IsUnavailableWithoutDescriptors)
{
    if (!runs_here())
        GTEST_SKIP() << "skipped: io_uring is refused";
    if (has_address_sanitizer())
        GTEST_SKIP() << "skipped: UndefinedBehaviorSanitizer needs a pipe to look at a type";
    expect(
        "cached", [] { leave_descriptors(0); },
        "unavailable: a scratch file in .*: Too many open files \\(RLIMIT_NOFILE [0-9]+\\); .*");
    expect(
        "cached", [] { leave_descriptors(1); },
        is("io_uring") ? "unavailable: io_uring: cannot make a ring for inflight:[0-9]+: "
                         "Too many open files \\(RLIMIT_NOFILE [0-9]+\\)"
                       : "right");
}

TEST_P(FileioLimits, IsUnavailableWithoutAFolder)
{
    expect(
        "cached", [] { setenv("TMPDIR", "/nowhere", 1); },
        "unavailable: a scratch file in /nowhere: No such file or directory; TMPDIR names another "
        "folder");
}

TEST_P(FileioLimits, IsUnavailableIfTheFileMayNotBeThatLarge)
{
    expect(
        "cached", [] { limit(RLIMIT_FSIZE, 1 << 20); },
        "unavailable: a scratch file in .*: it needs 1280 KiB, RLIMIT_FSIZE is 1024 KiB; .*");
}

// A disk that was full when it was written to, whatever it said before.
TEST_P(FileioLimits, IsUnavailableOnAFullDisk)
{
    const Folder folder;
    for (const Refuse refuse : {Refuse([] { refuse_calls({SYS_pwrite64}, ENOSPC); }),
                                Refuse([] { refuse_calls({SYS_fsync}, ENOSPC); })})
        expect("cached", refuse, "unavailable: a scratch file in .*: No space left on device; .*");
}

void require_or_end(bool allowed)
{
    if (!allowed) {
        std::cerr << "not allowed\n";
        end();
    }
}

// TMPDIR is a disk of 1 MiB, in memory, in a namespace of its own.
void mount_small()
{
    require_or_end(unshare(CLONE_NEWNS | (getuid() == 0 ? 0 : CLONE_NEWUSER)) == 0 &&
                   mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   mount("tmpfs", std::getenv("TMPDIR"), "tmpfs", 0, "size=1m") == 0);
}

// The same with a larger one, below another file system, as in containers.
void mount_over_memory()
{
    mount_small();
    const fs::path folder = std::getenv("TMPDIR");
    require_or_end(mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT, "size=100m") == 0);
    for (const char* const part : {"lower", "upper", "work", "merged"})
        fs::create_directory(folder / part);
    const std::string options = "lowerdir=" + (folder / "lower").string() +
                                ",upperdir=" + (folder / "upper").string() +
                                ",workdir=" + (folder / "work").string();
    require_or_end(mount("overlay", (folder / "merged").c_str(), "overlay", 0, options.c_str()) ==
                   0);
    setenv("TMPDIR", (folder / "merged").c_str(), 1);
    unsetenv(Folder::kParents); // it is not empty
}

TEST_P(FileioLimits, IsUnavailableOnASmallDisk)
{
    const Folder folder;
    expect("cached", mount_small,
           "(not allowed|unavailable: a scratch file in .*: it needs 1280 KiB, 1024 KiB are free; "
           ".*)");
}

// As on old kernels and some network file systems: the file has a name until it is open.
TEST_P(FileioLimits, LeavesNothingBehindIfAFileNeedsAName)
{
    if (!runs_here())
        GTEST_SKIP() << "skipped: io_uring is refused";
    const Folder folder;
    const auto refuse_nameless = [] {
        constexpr unsigned nameless = O_TMPFILE & ~unsigned(O_DIRECTORY);
        sock_filter program[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
            BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, nameless, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
        refuse_by(program, std::size(program));
    };
    expect("cached", refuse_nameless, "right");
}

TEST_P(FileioLimits, FailsIfABlockCannotBeRead)
{
    if (!is("io_uring")) // whose reads are not calls
        expect(
            "cached", [] { refuse_calls({SYS_pread64}, EIO); },
            "failed: reading block [0-9]+: Input/output error");
}

TEST_P(FileioLimits, ReadsDirectlyFromADiskOnly)
{
    if (!fs::exists("/dev/shm"))
        GTEST_SKIP() << "skipped: no /dev/shm";
    const Refuse in_memory = [] { setenv("TMPDIR", "/dev/shm", 1); };
    expect("direct", in_memory,
           "unavailable: input:direct needs a file system on a disk; /dev/shm is a tmpfs or ramfs; "
           "TMPDIR names another folder");
    if (runs_here())
        expect("cached", in_memory, "right");
}

TEST_P(FileioLimits, ReadsNotDirectlyFromMemoryBelowAnotherFileSystem)
{
    const Folder folder;
    expect(
        "direct", mount_over_memory,
        "(not allowed|unavailable: input:direct needs a file system on a disk; that of .*/merged "
        "keeps files in memory; .*|unavailable: input:direct needs O_DIRECT: .*)");
}

// As in containers of docker and podman.
TEST(FileioLimitsOfIoUring, IsUnavailableIfItIsRefused)
{
    const Walked io_uring = {"fileio", "io_uring"};
    const Problem one = {.n = 1, .keys = {{"input", "cached"}, {"inflight", "1"}}};
    if (const auto why = why_unavailable(find(io_uring).variant, one); !why.empty())
        GTEST_SKIP() << "skipped: " << why;
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    constexpr unsigned setup = 425, enroll = 427; // of io_uring, on every architecture
    EXPECT_EXIT(
        tell("io_uring", "cached", [] { refuse_calls({setup}, EPERM); }),
        testing::ExitedWithCode(0),
        "^unavailable: io_uring: cannot make a ring for inflight:4: Operation not permitted\n$");
    EXPECT_EXIT(
        tell("io_uring", "cached", [] { refuse_calls({setup}, ENOSYS); }),
        testing::ExitedWithCode(0),
        "^unavailable: io_uring: cannot make a ring for inflight:4: Function not implemented\n$");
    EXPECT_EXIT(tell("io_uring", "cached", [] { refuse_calls({enroll}, EOPNOTSUPP); }),
                testing::ExitedWithCode(0),
                "^unavailable: io_uring: cannot register buffers: Operation not supported\n$");
    const Refuse lock_nothing = [] { limit_user(RLIMIT_MEMLOCK, 0); };
    EXPECT_EXIT(tell("io_uring", "cached", lock_nothing), testing::ExitedWithCode(0),
                "^unavailable: io_uring: cannot .*: Cannot allocate memory "
                "\\(RLIMIT_MEMLOCK 0\\)\n$");
    // the ring exists, but a read cannot be submitted
    EXPECT_EXIT(tell("io_uring", "cached",
                     [] {
                         constexpr unsigned enter = 426;
                         refuse_calls({enter}, EAGAIN);
                     }),
                testing::ExitedWithCode(0),
                "^failed: io_uring: cannot wait: Resource temporarily unavailable\n$");
}

} // namespace
} // namespace workspan
