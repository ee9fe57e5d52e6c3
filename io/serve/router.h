// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Router: which contract and which policy a path names.

#ifndef SIMDJWT_IO_SERVE_ROUTER_H_
#define SIMDJWT_IO_SERVE_ROUTER_H_

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string_view>

#include "serve/contract.h"

namespace simdjwt::serve {

struct Route {
  Contract contract = Contract::kNone;
  uint32_t policy = 0;  // its index; only of contracts that have one

  friend bool operator==(const Route&, const Route&) = default;
};

// Paths are compared byte for byte, as they were sent: "..", "%2e", "//" or another case name
// nothing, so no two ways lead to one policy and none leads around it. Immutable once filled.
//
//   /livez
//   /verify/<policy>           likewise /introspect
//   /v1/verify/<policy>        alone, it means the policy called default
//   /check/nginx/<policy>      likewise forward and haproxy
//   /check/envoy/<policy>      and whatever follows behind '/': the original request's path
class Router {
 public:
  // `name` outlives the router and was not added before.
  void add(std::string_view name, uint32_t policy) { policies_.emplace(name, policy); }

  [[nodiscard]] bool has(std::string_view name) const noexcept { return policies_.contains(name); }

  // Allocates nothing: some comparisons and one look-up, however many policies there are.
  [[nodiscard]] Route route(std::string_view path) const noexcept;

 private:
  absl::flat_hash_map<std::string_view, uint32_t> policies_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ROUTER_H_
