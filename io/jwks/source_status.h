// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SourceStatus: how a source of keys fares, for those who watch.

#ifndef SIMDJWT_IO_JWKS_SOURCE_STATUS_H_
#define SIMDJWT_IO_JWKS_SOURCE_STATUS_H_

#include <absl/status/status.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::jwks {

enum class FetchResult : uint8_t {
  kSuccess,
  kUnreachable,  // no connection, no trust in its certificate, or too slow
  kRefused,      // a private address, a redirect too many or elsewhere, too large
  kStatus,       // an HTTP status other than 200
  kInvalid,      // not the document it should be, or without a usable key
};
inline constexpr size_t kNumFetchResults = static_cast<size_t>(FetchResult::kInvalid) + 1;

// "unreachable": stable. Static storage.
[[nodiscard]] constexpr std::string_view to_string(FetchResult result) noexcept {
  constexpr std::string_view kNames[kNumFetchResults] = {"success", "unreachable", "refused",
                                                         "status", "invalid"};
  return kNames[static_cast<size_t>(result)];
}

// What came of a fetch that ended so; see Transfer::take().
[[nodiscard]] inline FetchResult result_of(const absl::Status& status) noexcept {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return FetchResult::kSuccess;
    case absl::StatusCode::kUnavailable:
      return FetchResult::kUnreachable;
    case absl::StatusCode::kPermissionDenied:
      return FetchResult::kRefused;
    case absl::StatusCode::kFailedPrecondition:
      return FetchResult::kStatus;
    default:
      return FetchResult::kInvalid;
  }
}

struct SourceStatus {
  std::string name = {};                                // see SourceConfig::name()
  std::array<uint64_t, kNumFetchResults> fetches = {};  // that have ended
  uint64_t num_refetches = 0;                           // begun for an unknown kid
  uint64_t generation = 0;                              // grows when the keys change; 0: none yet
  size_t num_keys = 0;
  size_t num_skipped = 0;           // JWKs that cannot be used
  int64_t loaded_unix_seconds = 0;  // when the keys were last fetched, also before a restart
  uint64_t num_save_failures = 0;   // of fetched keys, which are not there for a restart
  // When they are older than their server wants; if they were not fetched since the start, always.
  std::chrono::steady_clock::time_point fresh_until = std::chrono::steady_clock::time_point::min();
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_SOURCE_STATUS_H_
