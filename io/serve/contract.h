// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Contract: what a caller expects of an endpoint, by the first part of its path.

#ifndef SIMDJWT_IO_SERVE_CONTRACT_H_
#define SIMDJWT_IO_SERVE_CONTRACT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace simdjwt::serve {

enum class Contract : uint8_t {
  kNone,        // no endpoint: not found, or no request that could be read
  kHealth,      // GET /livez
  kNginx,       // /check/nginx/<policy>
  kForward,     // /check/forward/<policy>: Traefik, Caddy
  kEnvoy,       // /check/envoy/<policy>/...
  kHaproxy,     // /check/haproxy/<policy>
  kVerify,      // /verify/<policy>: asked directly
  kBulk,        // /v1/verify/<policy>
  kIntrospect,  // /introspect/<policy>
};

inline constexpr size_t kNumContracts = static_cast<size_t>(Contract::kIntrospect) + 1;

// "nginx": stable, for metrics and logs. Static storage.
[[nodiscard]] constexpr std::string_view to_string(Contract contract) noexcept {
  constexpr std::string_view kNames[kNumContracts] = {
      "none", "health", "nginx", "forward", "envoy", "haproxy", "verify", "bulk", "introspect"};
  return kNames[static_cast<size_t>(contract)];
}

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONTRACT_H_
