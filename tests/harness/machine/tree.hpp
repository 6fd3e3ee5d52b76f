// SPDX-License-Identifier: Apache-2.0
// A temporary folder of small files that a test writes.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <unistd.h>

namespace workspan {

class Tree {
public:
    explicit Tree(const std::map<std::string, std::string>& files = {})
    {
        for (const auto& [path, text] : files)
            write(path, text);
    }
    ~Tree()
    {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    void write(const std::filesystem::path& path, std::string_view text) const
    {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path, std::ios::binary) << text;
    }
    const std::filesystem::path& root() const { return root_; }

private:
    static std::filesystem::path fresh()
    {
        std::string name = (std::filesystem::temp_directory_path() / "workspan-XXXXXX").string();
        return mkdtemp(name.data())
                   ? name
                   : throw std::filesystem::filesystem_error("mkdtemp", name, std::error_code());
    }

    std::filesystem::path root_ = fresh();
};

} // namespace workspan
