// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TemporaryDirectory: a new directory, removed in the end with all that is in it.

#ifndef SIMDJWT_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
#define SIMDJWT_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace simdjwt::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  // Of a file in it.
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_ = ::testing::TempDir() + "simdjwt_XXXXXX";
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_TEMPORARY_DIRECTORY_H_
