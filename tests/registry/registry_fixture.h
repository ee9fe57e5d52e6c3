// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A registry in a folder of its own.

#ifndef SIMDJWT_TESTS_REGISTRY_REGISTRY_FIXTURE_H_
#define SIMDJWT_TESTS_REGISTRY_REGISTRY_FIXTURE_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <string>

#include "registry/store.h"
#include "support/temporary_directory.h"

namespace simdjwt::registry {

inline constexpr int64_t kNow = 1795428000;  // 2026-11-23 10:00:00 UTC
inline constexpr char kIssuer[] = "https://tokens.example";

class RegistryTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name = "registry.db") const { return folder_ / name; }

  void make_empty_file() const { const std::ofstream file(path()); }

  static Act at(int64_t time) { return {"tester", time}; }

  Store make_store() { return Store::create(path(), kIssuer, at(kNow)).value(); }

  static Account make_account(Store& store, std::string_view name = "alice") {
    return store.create_account(name, Accepts::kRegistered, {}, at(kNow)).value();
  }

  static IssuedToken make_token(Store& store, AccountId account,
                                std::vector<std::string> servers = {}) {
    const TokenRequest request{.description = "a test's", .servers = std::move(servers)};
    return store.create_token(account, request, at(kNow)).value();
  }

  static std::string bytes_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  const testing::TemporaryDirectory folder_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_TESTS_REGISTRY_REGISTRY_FIXTURE_H_
