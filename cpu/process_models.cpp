// SPDX-License-Identifier: Apache-2.0
// The models of execution that fork. What children read must exist when they are forked, and what
// they write lies in shared memory.
#include "harness/tasks/children.hpp"
#include "harness/tasks/models.hpp"
#include "harness/tasks/shared_array.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <semaphore.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace workspan::models {

namespace {

struct One {
    const Tasks* tasks;
    std::size_t i;
};

void wait_for_all(const std::vector<pid_t>& children)
{
    std::exception_ptr first;
    for (const pid_t child : children)
        try {
            wait_for_child(child);
        } catch (...) {
            if (!first)
                first = std::current_exception();
        }
    if (first)
        std::rethrow_exception(first);
}

// What parent and workers share. `ready` counts the tasks handed over, `finished` the runs done.
struct Board {
    sem_t ready, finished;
    std::atomic<std::size_t> taken, done, n;
    std::atomic<bool> stop;
};

void down(sem_t& semaphore)
{
    while (sem_wait(&semaphore) != 0 && errno == EINTR)
        continue;
}

// Workers of one body and its memory. They are forked for it, so they see all it refers to.
class Workforce {
public:
    Workforce(Tasks tasks, int workers) : tasks_(tasks), board_(1)
    {
        sem_init(&board_[0].ready, 1, 0);
        sem_init(&board_[0].finished, 1, 0);
        try {
            for (int k = 0; k < workers; ++k)
                children_.push_back(
                    fork_child([](void* of) { static_cast<Workforce*>(of)->work(); }, this));
        } catch (...) {
            end();
            throw;
        }
    }
    ~Workforce() { end(); }
    Workforce(const Workforce&) = delete;
    Workforce& operator=(const Workforce&) = delete;

    bool is_for(const Tasks& tasks) const { return tasks == tasks_; }

    void run()
    {
        require_all_alive(); // one that ended between two runs would leave its share to the others
        Board& board = board_[0];
        board.taken = board.done = 0;
        for (std::size_t i = 0; i < tasks_.n; ++i)
            sem_post(&board.ready);
        while (tasks_.n > 0 && !finished_soon())
            require_all_alive();
    }

private:
    // Runs in each child.
    void work()
    {
        Board& board = board_[0];
        while (true) {
            down(board.ready);
            if (board.stop)
                return;
            tasks_(board.taken++);
            if (++board.done == tasks_.n)
                sem_post(&board.finished);
        }
    }

    // Waits for 0.2 s.
    bool finished_soon()
    {
        timespec until{};
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 200000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        return sem_timedwait(&board_[0].finished, &until) == 0;
    }

    // A worker that has ended would leave its task undone, and the parent waiting. One system call:
    // no other children of this process are there while a pool runs.
    void require_all_alive() const
    {
        siginfo_t info{};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            std::find(children_.begin(), children_.end(), info.si_pid) != children_.end())
            throw std::runtime_error("a worker of the process pool has ended");
    }

    void end() noexcept
    {
        board_[0].stop = true;
        for (std::size_t k = 0; k < children_.size(); ++k)
            sem_post(&board_[0].ready);
        try {
            wait_for_all(children_);
        } catch (const std::exception&) { // the run has failed already
        }
        sem_destroy(&board_[0].ready);
        sem_destroy(&board_[0].finished);
    }

    Tasks tasks_;
    SharedArray<Board> board_; // one
    std::vector<pid_t> children_;
};

} // namespace

Runner processes(int)
{
    return [](const Tasks& tasks) {
        std::vector<pid_t> children;
        children.reserve(tasks.n);
        for (std::size_t i = 0; i < tasks.n; ++i)
            try {
                One one = {&tasks, i};
                children.push_back(fork_child(
                    [](void* of) {
                        const auto& [all, index] = *static_cast<One*>(of);
                        (*all)(index);
                    },
                    &one));
            } catch (...) {
                wait_for_all(children);
                throw;
            }
        wait_for_all(children);
    };
}

Runner process_pool(int workers)
{
    return [workers, force = std::shared_ptr<Workforce>()](const Tasks& tasks) mutable {
        if (!force || !force->is_for(tasks)) {
            force.reset(); // first, so that there are never twice as many
            force = std::make_shared<Workforce>(tasks, workers);
        }
        try {
            force->run();
        } catch (...) {
            force.reset(); // tasks of this run are left on its board
            throw;
        }
    };
}

} // namespace workspan::models
