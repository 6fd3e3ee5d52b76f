// SPDX-License-Identifier: Apache-2.0
// cholesky beyond the walk over the suite: small errors and other factors of A are caught, and any
// order of summation is right.
#include "harness/contracts/cholesky.hpp"
#include "tests/contracts/elements.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <regex>

namespace workspan {
namespace {

// Elements off by a billionth of the rms of those below the diagonal: the first, the last, one in
// the middle, one in a corner and one on the diagonal.
void expect_small_errors_caught(std::size_t n)
{
    SCOPED_TRACE(n);
    const Trial trial = cholesky::host({.n = n}, cholesky::seq);
    trial.run();
    ASSERT_TRUE(trial.verify().ok) << trial.verify().why;
    const std::span<double> l = elements<double>(trial.output);
    const double off = 1e-9 / std::sqrt(4.5 * double(n));
    for (const std::size_t i :
         {std::size_t(0), n / 2 * n + n / 3, n / 2 * (n + 1), (n - 1) * n, n * n - 1}) {
        const double right = l[i];
        for (const double wrong : {right + off, right - off}) {
            l[i] = wrong;
            EXPECT_FALSE(trial.verify().ok) << "element " << i << " off by " << wrong - right;
        }
        l[i] = right;
    }
    EXPECT_TRUE(trial.verify().ok) << "restored";
}

TEST(Cholesky, ABillionthOfTheRmsIsCaught)
{
    for (const std::size_t n :
         {1, 2, 3, 16, 17, 100, 256, 785, 1024}) // tiles are larger from 769 on
        expect_small_errors_caught(n);
}

TEST(CholeskyLong, ABillionthOfTheRmsIsCaughtInLargeMatrices)
{
    for (const std::size_t n : {2048, 4096})
        expect_small_errors_caught(n);
}

// Row by row, each sum subtracting term by term from the large element: the order with the largest
// rounding error.
std::vector<double> plain(const cholesky::Input& in)
{
    const std::size_t n = in.n;
    std::vector<double> l(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = in.a[i * n + j];
            for (std::size_t k = 0; k < j; ++k)
                sum -= l[i * n + k] * l[j * n + k];
            l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
        }
    return l;
}

TEST(Cholesky, PlainLoopsAreRightAndFloatIsNot)
{
    for (const std::size_t n : {1, 2, 3, 10, 100, 500}) {
        SCOPED_TRACE(n);
        const auto in = cholesky::input({.n = n});
        std::vector<double> l = plain(*in);
        EXPECT_TRUE(cholesky::check(*in, l).ok) << cholesky::check(*in, l).why;
        for (double& x : l)
            x = static_cast<float>(x);
        EXPECT_FALSE(cholesky::check(*in, l).ok);
    }
}

TEST(Cholesky, AnotherFactorOfTheSameMatrixIsCaught)
{
    const std::size_t n = 50;
    const auto in = cholesky::input({.n = n});
    const std::vector<double> lower = plain(*in);
    std::vector<double> l = lower;
    for (std::size_t i = 7; i < n; ++i)
        l[i * n + 7] = -l[i * n + 7]; // L L^T does not change
    EXPECT_FALSE(cholesky::check(*in, l).ok);
    std::vector<double> transposed(n * n);
    for (std::size_t i = 0; i < n * n; ++i)
        transposed[i] = lower[i % n * n + i / n];
    EXPECT_FALSE(cholesky::check(*in, transposed).ok);
    l = lower;
    l[3 * n + 4] = in->a[3 * n + 4]; // not zero above the diagonal
    EXPECT_FALSE(cholesky::check(*in, l).ok);
}

TEST(Cholesky, InputIsSymmetricAndDiagonallyDominant)
{
    for (const std::size_t n : {1, 2, 5, 200}) {
        const auto in = cholesky::input({.n = n});
        for (std::size_t i = 0; i < n; ++i) {
            double others = 0;
            for (std::size_t j = 0; j < n; ++j) {
                EXPECT_EQ(in->a[i * n + j], in->a[j * n + i]);
                others += i == j ? 0 : std::abs(in->a[i * n + j]);
            }
            EXPECT_GT(in->a[i * n + i], others);
        }
    }
}

// The tiles that a task of omp_tasks names in its clauses, as the source has them: {'i', 'k'}.
struct Clauses {
    std::vector<std::array<char, 2>> in, inout;
};

std::vector<std::array<char, 2>> tiles_in(const std::string& clause)
{
    std::vector<std::array<char, 2>> tiles;
    const std::regex tile(R"(\*f\.tile\((\w), (\w)\))");
    for (std::sregex_iterator at(clause.begin(), clause.end(), tile), end; at != end; ++at)
        tiles.push_back({(*at)[1].str()[0], (*at)[2].str()[0]});
    return tiles;
}

// Of potrf, trsm and the products, from the kernel itself.
std::vector<Clauses> clauses_of_omp_tasks()
{
    std::ifstream file("cpu/cholesky.cpp");
    const std::string source(std::istreambuf_iterator<char>(file), {});
    const std::string kernel = source.substr(source.find("void cholesky::omp_tasks"));
    const std::regex task(
        R"(#pragma omp task(?: depend\(in : (.*?)\))? depend\(inout : (.*?)\)\n)");
    std::vector<Clauses> found;
    for (std::sregex_iterator at(kernel.begin(), kernel.end(), task), end; at != end; ++at)
        found.push_back({tiles_in((*at)[1].str() + ")"), tiles_in((*at)[2].str() + ")")});
    return found;
}

// The tasks as they are created, and when each ends if it waits for nothing but its dependences:
// the last task that wrote a tile it names and, for a tile it writes, all that read it since.
class TaskGraph {
public:
    TaskGraph(std::size_t tiles, const cholesky::PerTask& each) : each_(each)
    {
        const std::vector<Clauses> clauses = clauses_of_omp_tasks();
        for (std::size_t k = 0; k < tiles; ++k) {
            add(clauses.at(0), {{'k', k}}, &cholesky::PerTask::potrf);
            for (std::size_t i = k + 1; i < tiles; ++i)
                add(clauses.at(1), {{'i', i}, {'k', k}}, &cholesky::PerTask::trsm);
            for (std::size_t j = k + 1; j < tiles; ++j)
                for (std::size_t i = j; i < tiles; ++i)
                    add(clauses.at(2), {{'i', i}, {'j', j}, {'k', k}},
                        i == j ? &cholesky::PerTask::syrk : &cholesky::PerTask::gemm);
        }
    }
    double span = 0;
    cholesky::PerTask counts;

private:
    using Indices = std::map<char, std::size_t>;
    struct Tile {
        double written = 0, read = 0; // the end of the last task that did
    };

    Tile& tile(const std::array<char, 2>& named, const Indices& at)
    {
        return tiles_[{at.at(named[0]), at.at(named[1])}];
    }

    void add(const Clauses& task, const Indices& at, double cholesky::PerTask::*kind)
    {
        double end = 0;
        for (const auto& named : task.in)
            end = std::max(end, tile(named, at).written);
        for (const auto& named : task.inout)
            end = std::max({end, tile(named, at).written, tile(named, at).read});
        end += each_.*kind;
        for (const auto& named : task.in)
            tile(named, at).read = std::max(tile(named, at).read, end);
        for (const auto& named : task.inout)
            tile(named, at).written = end;
        counts.*kind += 1;
        span = std::max(span, end);
    }

    const cholesky::PerTask each_;
    std::map<std::pair<std::size_t, std::size_t>, Tile> tiles_;
};

TEST(Cholesky, TheGraphOfTheContractIsThatOfTheTasksDependences)
{
    using Tiles = std::vector<std::array<char, 2>>;
    const std::vector<Clauses> clauses = clauses_of_omp_tasks();
    ASSERT_EQ(clauses.size(), 3U);
    EXPECT_EQ(clauses[0].in, Tiles{});
    EXPECT_EQ(clauses[1].in, (Tiles{{'k', 'k'}}));
    EXPECT_EQ(clauses[2].in, (Tiles{{'i', 'k'}, {'j', 'k'}}));
    for (std::uint64_t tiles = 1; tiles < 12; ++tiles)
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto time = [&](std::uint64_t k) { return random_double(seed, k) + 0.01; };
            const cholesky::PerTask each{time(0), time(1), time(2), time(3)};
            const TaskGraph graph(tiles, each);
            EXPECT_DOUBLE_EQ(cholesky::span(tiles, each), graph.span) << tiles << ' ' << seed;
            const cholesky::PerTask counts = cholesky::task_counts(tiles);
            EXPECT_EQ(counts.potrf, graph.counts.potrf) << tiles;
            EXPECT_EQ(counts.trsm, graph.counts.trsm) << tiles;
            EXPECT_EQ(counts.syrk, graph.counts.syrk) << tiles;
            EXPECT_EQ(counts.gemm, graph.counts.gemm) << tiles;
        }
}

TEST(Cholesky, TheLongestPathGoesDownTheDiagonalOrAlongTheLastRow)
{
    EXPECT_EQ(cholesky::span(0, {1, 1, 1, 1}), 0);
    EXPECT_EQ(cholesky::span(1, {5, 1, 1, 1}), 5);
    EXPECT_EQ(cholesky::span(4, {1, 2, 3, 1}), 4 * 1 + 3 * (2 + 3));       // potrf, trsm, syrk, ...
    EXPECT_EQ(cholesky::span(4, {1, 1, 1, 9}), 1 + 3 * 1 + 2 * 9 + 1 + 1); // trsm, gemm, trsm, ...
}

TEST(Cholesky, TheCountersAreOfTheTilesThatTheTeamHas)
{
    for (const int threads : {1, 2})
        for (const std::size_t n : {0, 1, 200, 500}) {
            const Trial trial =
                cholesky::host_tasks({.n = n, .threads = threads}, cholesky::omp_tasks);
            const Counters found = trial.counters();
            EXPECT_TRUE(trial.verify().ok) << "the tasks alone factor too";
            const std::size_t side = cholesky::tile_side(n, threads);
            EXPECT_EQ(found.at("tiles"), double((n + side - 1) / side));
            const double work = found.at("work_seconds"), span = found.at("span_seconds");
            EXPECT_EQ(work > 0, n > 0);
            EXPECT_LE(span, work * (1 + 1e-12));
            if (n <= side)
                EXPECT_EQ(span, work) << "one task";
            const cholesky::PerTask each{found.at("potrf_seconds"), found.at("trsm_seconds"),
                                         found.at("syrk_seconds"), found.at("gemm_seconds")};
            EXPECT_EQ(span, cholesky::span(std::size_t(found.at("tiles")), each));
        }
}

} // namespace
} // namespace workspan
