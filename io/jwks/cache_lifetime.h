// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// How long an HTTP response may be used (RFC 9111 section 4.2).

#ifndef SIMDJWT_IO_JWKS_CACHE_LIFETIME_H_
#define SIMDJWT_IO_JWKS_CACHE_LIFETIME_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::jwks {

// The response's fields of these names; several Cache-Control fields joined by commas. Empty where
// it has none.
struct CacheFields {
  std::string cache_control = {};
  std::string expires = {};
  std::string date = {};
  std::string age = {};
};

// Seconds from now on; zero if it may not be kept at all. nullopt if it says nothing that can be
// understood. `now_unix_seconds` stands in for a missing Date.
[[nodiscard]] std::optional<std::chrono::seconds> cache_lifetime(const CacheFields& fields,
                                                                 int64_t now_unix_seconds);

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_CACHE_LIFETIME_H_
