// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// IssuerMetrics: what an Issuer was asked, and what came of it.

#ifndef SIMDJWT_IO_OAUTH_ISSUER_METRICS_H_
#define SIMDJWT_IO_OAUTH_ISSUER_METRICS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/counter.h"

namespace simdjwt::oauth {

// Written by the issuer's thread, read by any.
class IssuerMetrics {
 public:
  static constexpr std::array<std::string_view, 4> kEndpoints = {"token", "refresh", "revoke",
                                                                 "metadata"};
  // "ok", or the error that the client was told, or in its place a word for the status.
  static constexpr std::array<std::string_view, 13> kOutcomes = {
      "ok",
      "invalid_request",
      "invalid_client",
      "invalid_grant",
      "invalid_scope",
      "invalid_target",
      "unsupported_grant_type",
      "unsupported_token_type",
      "temporarily_unavailable",
      "server_error",
      "method_not_allowed",
      "not_found",
      "not_implemented",
  };

  // An outcome that has no word of its own is a server_error.
  void count(std::string_view endpoint, std::string_view outcome) noexcept {
    constexpr size_t kServerError = 9;
    static_assert(kOutcomes[kServerError] == "server_error");
    const size_t i = place(kOutcomes, outcome);
    requests_.at(place(kEndpoints, endpoint)).at(i < kOutcomes.size() ? i : kServerError).add();
  }
  void count_reuse() noexcept { reuses_.add(); }

  // By the places of their names.
  [[nodiscard]] uint64_t requests(size_t endpoint, size_t outcome) const noexcept {
    return requests_.at(endpoint).at(outcome).value();
  }
  // Refresh tokens that were used twice, whose families are revoked therefore.
  [[nodiscard]] uint64_t reuses() const noexcept { return reuses_.value(); }

 private:
  template <size_t N>
  static size_t place(const std::array<std::string_view, N>& names, std::string_view name) {
    return static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  std::array<std::array<net::Counter, kOutcomes.size()>, kEndpoints.size()> requests_;
  net::Counter reuses_;
};

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_ISSUER_METRICS_H_
