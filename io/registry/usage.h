// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Usage: how often a registry's servers were asked, and its tokens shown, with which outcome.
//
// Counts are kept by the minute for a day, by the hour for 90 days. A server's are of all that it
// was asked, whatever token came with it, or none; those of a token, at a server, of requests that
// have shown it. A token whose signature is wrong says nothing of whose it is: it counts for the
// server alone. Outcomes are "accepted"; "anonymous", for what passes without a token; and the
// reasons for which requests are denied.

#ifndef SIMDJWT_IO_REGISTRY_USAGE_H_
#define SIMDJWT_IO_REGISTRY_USAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/model.h"

namespace simdjwt::registry {

inline constexpr int64_t kMinuteSeconds = 60;
inline constexpr int64_t kHourSeconds = 3600;
inline constexpr int64_t kMinutesKeptSeconds = 24 * kHourSeconds;
inline constexpr int64_t kHoursKeptSeconds = 90 * 24 * kHourSeconds;

// What is added to the counts.
struct UsageCount {
  ServerId server;
  std::optional<TokenIndex> token;  // nullopt: of the server
  int64_t start;                    // of the minute
  std::string_view outcome;
  int64_t count;
};

struct UsageBatch {
  std::vector<UsageCount> counts = {};
  std::vector<std::pair<TokenIndex, int64_t>> last_uses = {};
};

struct UsageQuery {
  enum class By : uint8_t { kServer, kToken, kTime };

  By by = By::kServer;
  std::optional<ServerId> server = {};    // nullopt: all of the account
  std::optional<TokenIndex> token = {};   // nullopt: whatever came
  int64_t since = 0;                      // what began then or later,
  int64_t until = kNever;                 // and earlier than this
  int64_t bucket_seconds = kHourSeconds;  // of kTime: 60, or 3600 and its multiples, in UTC
  std::string after = {};                 // not of kTime: what goes by later names
  size_t limit = SIZE_MAX;                // lines
};

struct UsageLine {
  std::string name = {};  // the server's, or the token's jti; empty for a time
  int64_t start = 0;      // of the time
  int64_t num_accepted = 0;
  int64_t num_anonymous = 0;
  std::optional<int64_t> last_accepted = {};  // the begin of that minute, or hour, as it is kept
  int64_t num_rejected = 0;
  std::vector<std::pair<std::string, int64_t>> rejected = {};  // by reason, in their order
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_USAGE_H_
