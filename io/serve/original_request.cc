// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/original_request.h"

#include <algorithm>

#include "http/fields.h"

namespace simdjwt::serve {
namespace {

std::string_view only_field(const http::Request& request, std::string_view lower_name) noexcept {
  const http::Found found = http::find_field(request.fields, lower_name);
  return found.count == 1 ? found.value : "";
}

std::string_view original_method(const http::Request& request, Contract contract) noexcept {
  switch (contract) {
    case Contract::kNginx:
    case Contract::kHaproxy:
      return only_field(request, "x-original-method");
    case Contract::kForward:
      return only_field(request, "x-forwarded-method");
    default:
      return request.method_name;
  }
}

// "/a/b" of "/check/envoy/<policy>/a/b".
std::string_view path_behind_policy(std::string_view path) noexcept {
  path.remove_prefix(std::string_view("/check/envoy/").size());
  return path.substr(std::min(path.find('/'), path.size()));
}

}  // namespace

std::string_view request_id_of(const http::Request& request) noexcept {
  const std::string_view id = only_field(request, "x-request-id");
  return id.empty() ? only_field(request, "traceparent") : id;
}

OriginalRequest original_request(const http::Request& request, Contract contract) noexcept {
  OriginalRequest original{.method = original_method(request, contract),
                           .host = only_field(request, "host"),
                           .uri = {},
                           .client = only_field(request, "x-forwarded-for"),
                           .request_id = request_id_of(request)};
  switch (contract) {
    case Contract::kNginx:
    case Contract::kHaproxy:
      original.uri = only_field(request, "x-original-uri");
      original.client = only_field(request, "x-real-ip");
      break;
    case Contract::kForward:
      original.uri = only_field(request, "x-forwarded-uri");
      original.host = only_field(request, "x-forwarded-host");
      break;
    case Contract::kEnvoy:
      original.uri = path_behind_policy(request.path);
      break;
    default:
      original.uri = request.path;
      original.client = {};
      break;
  }
  return original;
}

bool is_preflight(const http::Request& request, Contract contract) noexcept {
  return original_method(request, contract) == "OPTIONS" &&
         !only_field(request, "origin").empty() &&
         !only_field(request, "access-control-request-method").empty();
}

}  // namespace simdjwt::serve
