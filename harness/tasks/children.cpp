// SPDX-License-Identifier: Apache-2.0
#include "harness/tasks/children.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <mutex>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" [[gnu::weak]] int kmp_get_blocktime(); // null unless OpenMP is LLVM's

namespace workspan {

namespace {

struct Living {
    std::mutex mutex;
    std::vector<pid_t> pids;
};

Living& living()
{
    static Living all;
    return all;
}

Seconds seconds(const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); }

// In the child: ends with the parent, and leaves signals that reach the whole group, such as
// Ctrl-C, to the parent.
void tie_to(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        std::signal(signal, SIG_IGN);
}

// LLVM's OpenMP gives every process a name in shared memory, a forked one too, and only exit()
// removes it; a later process with the number of this child would find it and refuse to run.
void remove_name_of(pid_t child)
{
    if (&kmp_get_blocktime != nullptr)
        unlink(("/dev/shm/__KMP_REGISTERED_LIB_" + std::to_string(child) + "_" +
                std::to_string(getuid()))
                   .c_str());
}

std::string limit_text(const char* name, rlim_t value)
{
    return std::string(name) + " " +
           (value == RLIM_INFINITY ? std::string("unlimited") : std::to_string(value));
}

std::string first_word_of(const std::string& path)
{
    std::ifstream file(path);
    std::string word;
    return file >> word ? word : "unknown";
}

// pids.max of this process's cgroup, of version 1 or 2. The outermost one has none.
std::string most_processes_of_cgroup()
{
    std::ifstream file("/proc/self/cgroup");
    std::string most = "unknown";
    for (std::string line; std::getline(file, line) && most == "unknown";) {
        const std::string path = line.substr(std::min(line.size(), line.rfind(':') + 1));
        if (line.starts_with("0::"))
            most = first_word_of("/sys/fs/cgroup" + path + "/pids.max");
        else if (line.find(":pids:") != std::string::npos)
            most = first_word_of("/sys/fs/cgroup/pids" + path + "/pids.max");
    }
    return most;
}

} // namespace

pid_t fork_child(void (*run)(void* of), void* of)
{
    Living& all = living();
    const std::lock_guard lock(all.mutex);
    if (all.pids.size() == all.pids.capacity()) // now, since nothing may fail after the fork
        all.pids.reserve(2 * all.pids.size() + 1);
    const pid_t parent = getpid(), child = fork();
    if (child == 0) {
        ++fork_depth;
        tie_to(parent);
        run(of);
        _exit(0);
    }
    if (child < 0) {
        const std::string why = std::strerror(errno); // before limits_text() reads files
        throw refused("cannot fork", why);
    }
    all.pids.push_back(child);
    return child;
}

void wait_for_child(pid_t child) { require_success(end_of_child(child)); }

int end_of_child(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            throw std::runtime_error(std::string("waitpid: ") + std::strerror(errno));
    remove_name_of(child);
    const std::lock_guard lock(living().mutex);
    std::erase(living().pids, child);
    return status;
}

void require_success(int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(WIFSIGNALED(status)
                                     ? std::string("a child process was ended by signal ") +
                                           std::to_string(WTERMSIG(status))
                                     : std::string("a child process failed"));
}

Seconds cpu_time_of_children()
{
    rusage ended{};
    getrusage(RUSAGE_CHILDREN, &ended);
    Seconds sum = seconds(ended.ru_utime) + seconds(ended.ru_stime);
    const std::lock_guard lock(living().mutex);
    for (const pid_t child : living().pids) {
        clockid_t clock{};
        timespec t{};
        if (clock_getcpuclockid(child, &clock) == 0 && clock_gettime(clock, &t) == 0)
            sum += double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
    }
    return sum;
}

Unavailable refused(const std::string& what, const std::string& why)
{
    return Unavailable(what + ": " + why + " (" + limits_text() + ")");
}

std::string limits_text()
{
    rlimit processes{}, address_space{};
    getrlimit(RLIMIT_NPROC, &processes);
    getrlimit(RLIMIT_AS, &address_space);
    return limit_text("RLIMIT_NPROC", processes.rlim_cur) + ", " +
           limit_text("RLIMIT_AS", address_space.rlim_cur) + ", pids.max " +
           most_processes_of_cgroup() + ", threads-max " +
           first_word_of("/proc/sys/kernel/threads-max");
}

} // namespace workspan
