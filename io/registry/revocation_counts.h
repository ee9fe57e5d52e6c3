// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RevocationCounts: how much is revoked, for those who watch.

#ifndef SIMDJWT_IO_REGISTRY_REVOCATION_COUNTS_H_
#define SIMDJWT_IO_REGISTRY_REVOCATION_COUNTS_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace simdjwt::registry {

// By kind: tokens of the registry, tokens of others, and dates before which tokens are refused.
struct RevocationCounts {
  static constexpr std::array<std::string_view, 3> kKinds = {"index", "jti", "not_before"};

  std::array<uint64_t, kKinds.size()> entries = {};   // that count now
  std::array<uint64_t, kKinds.size()> taken_in = {};  // since the registry was opened
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_REVOCATION_COUNTS_H_
