# SPDX-License-Identifier: Apache-2.0
# Run when a contract has changed: writes the head comments of all CONTRACTS into GENERATED, as C++.
set(comments "")
foreach(contract IN LISTS CONTRACTS)
  file(READ ${contract} text)
  string(REGEX REPLACE "^// SPDX[^\n]*\n" "" text "${text}")
  string(FIND "${text}" "#pragma once" end)
  string(SUBSTRING "${text}" 0 ${end} text)
  string(REGEX REPLACE "(^|\n)// ?" "\\1" text "${text}")
  string(STRIP "${text}" text)
  string(APPEND comments "    R\"prose(${text})prose\",\n")
endforeach()
file(WRITE ${GENERATED} "#include <span>
#include <string_view>

namespace workspan {
namespace {
constexpr std::string_view kComments[] = {
${comments}};
}
extern const std::span<const std::string_view> contract_comments;
const std::span<const std::string_view> contract_comments = kComments;
} // namespace workspan
")
