// SPDX-License-Identifier: Apache-2.0
// Ways in which the system refuses threads, processes or memory to this process from now on, for
// tests that run in a process of their own.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace workspan {

inline void require_zero(int status, const char* what)
{
    if (status != 0) {
        std::perror(what);
        std::_Exit(99);
    }
}

inline void limit(decltype(RLIMIT_AS) resource, rlim_t most)
{
    const rlimit limit = {most, most};
    require_zero(setrlimit(resource, &limit), "setrlimit");
}

// The limit that can be raised again, to the hard one at most. Returns the one before.
inline rlim_t set_soft_limit(decltype(RLIMIT_AS) resource, rlim_t most)
{
    rlimit now{};
    require_zero(getrlimit(resource, &now), "getrlimit");
    const rlim_t before = now.rlim_cur;
    now.rlim_cur = std::min(most, now.rlim_max);
    require_zero(setrlimit(resource, &now), "setrlimit");
    return before;
}

// A limit of a user, who is not root: that has none.
inline void limit_user(decltype(RLIMIT_AS) resource, rlim_t most)
{
    if (getuid() == 0)
        require_zero(setuid(65534), "setuid");
    limit(resource, most);
}

// One process or thread of this user, who has this one already.
inline void refuse_by_number() { limit_user(RLIMIT_NPROC, 1); }

inline void refuse_by_memory() { limit(RLIMIT_AS, rlim_t(512) << 20); }

// A filter of calls of the system, from now on.
inline void refuse_by(sock_filter* steps, std::size_t count)
{
    const sock_fprog all = {static_cast<unsigned short>(count), steps};
    require_zero(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
    require_zero(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all), "PR_SET_SECCOMP");
}

// These calls of the system return an error from now on.
inline void refuse_calls(const std::vector<unsigned>& calls, unsigned error)
{
    std::vector<sock_filter> program = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const unsigned call : calls) {
        program.push_back(sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        program.push_back(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
    }
    program.push_back(sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    refuse_by(program.data(), program.size());
}

// As a cgroup's pids.max does: clone and its relatives return EAGAIN from now on.
inline void refuse_by_filter() { refuse_calls({SYS_clone, SYS_clone3}, EAGAIN); }

// Ends the process without what would need another one: LeakSanitizer.
[[noreturn]] inline void end() { std::_Exit(0); }

} // namespace workspan
