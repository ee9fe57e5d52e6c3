// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Api: the registry over HTTP, for whoever shows an admin token: /api/v1/..., as openapi.json
// describes it, which is served there, too.

#ifndef SIMDJWT_IO_API_API_H_
#define SIMDJWT_IO_API_API_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/routes.h"
#include "registry/admin_tokens.h"
#include "registry/node.h"
#include "serve/control_request.h"
#include "serve/failure_limiter.h"

namespace simdjwt::api {

// Used by one thread. What it has changed is on the disk and in use by the checks of this node
// before it is answered.
class Api {
 public:
  // The node outlives it.
  explicit Api(registry::Node& node) noexcept : node_(node) {}

  // Whether a path is its to answer.
  [[nodiscard]] static bool serves(std::string_view path) noexcept {
    return path.starts_with("/api/");
  }
  // Answers those that are its to answer. Those that change something do so together.
  void answer(std::span<serve::ControlExchange> exchanges);

 private:
  // One of them, and where its method and path lead.
  struct Asked {
    serve::ControlExchange* exchange;
    Match match;
  };

  [[nodiscard]] Response answer_by(registry::Store& store, const serve::ControlRequest& request,
                                   const Match& match);
  // Whoever shows a good admin token; else kUnauthenticated, if it could be looked up.
  [[nodiscard]] absl::StatusOr<registry::AdminToken> authenticate(
      registry::Store& store, const serve::ControlRequest& request);
  void change(std::span<Asked> changes);

  registry::Node& node_;
  serve::FailureLimiter failures_{10};  // in a minute
};

// openapi.json.
[[nodiscard]] std::string_view description() noexcept;

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_API_H_
