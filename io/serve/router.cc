// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/router.h"

#include <array>
#include <utility>

namespace simdjwt::serve {
namespace {

constexpr std::array<std::pair<std::string_view, Contract>, 7> kPrefixes = {{
    {"/check/nginx/", Contract::kNginx},
    {"/check/forward/", Contract::kForward},
    {"/check/envoy/", Contract::kEnvoy},
    {"/check/haproxy/", Contract::kHaproxy},
    {"/verify/", Contract::kVerify},
    {"/v1/verify/", Contract::kBulk},
    {"/introspect/", Contract::kIntrospect},
}};

}  // namespace

Route Router::route(std::string_view path) const noexcept {
  if (path == "/v1/verify") path = "/v1/verify/default";
  for (const auto& [prefix, contract] : kPrefixes) {
    if (!path.starts_with(prefix)) continue;
    std::string_view name = path.substr(prefix.size());
    if (contract == Contract::kEnvoy) name = name.substr(0, name.find('/'));
    const auto found = policies_.find(name);
    return found == policies_.end() ? Route() : Route{contract, found->second};
  }
  return {path == "/livez" ? Contract::kHealth : Contract::kNone};
}

}  // namespace simdjwt::serve
