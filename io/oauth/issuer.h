// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Issuer: what clients ask of a registry over HTTP, on a listener of its own.
//
//   POST /oauth/token    RFC 6749, grant types refresh_token and client_credentials; clients that
//                        have a secret show it by HTTP Basic or in the form
//   POST /refresh        the first of these in JSON: {"refresh_token": "..."}
//   POST /oauth/revoke   RFC 7009
//   GET  /.well-known/oauth-authorization-server    RFC 8414
//   GET  /.well-known/oauth-protected-resource/...  RFC 9728, by the path of a server's URL
//   GET  /resources/NAME                            the same, by its name
//   GET  /jwks, /status-lists, /status-lists/N      see StatusLists, if it has some
//
// Everybody may reach it; it shows nothing to who has no secret but what servers there are, and
// which indexes of tokens are revoked.

#ifndef SIMDJWT_IO_OAUTH_ISSUER_H_
#define SIMDJWT_IO_OAUTH_ISSUER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oauth/issuer_metrics.h"
#include "oauth/parameters.h"
#include "oauth/status_lists.h"
#include "registry/grants.h"
#include "registry/node.h"
#include "serve/control_request.h"
#include "serve/failure_limiter.h"

namespace simdjwt::oauth {

// What a client is answered, and what came of its request in a word.
struct Reply {
  serve::ControlResponse response;
  std::string_view outcome = "ok";  // or static text: the error that the client is told
};

// Used by one thread.
class Issuer {
 public:
  // `issuer` is the registry's, and the URL under which clients reach this. `node` outlives it.
  // After `failures_per_minute` an address has to wait; 0: none has.
  Issuer(registry::Node& node, std::string issuer, uint32_t failures_per_minute,
         std::optional<StatusLists> status_lists = std::nullopt);

  // What they change in the registry, they change together.
  void answer(std::span<serve::ControlExchange> exchanges);

  [[nodiscard]] const IssuerMetrics& metrics() const noexcept { return metrics_; }

 private:
  using Body = std::function<absl::Status(registry::Grants&, const registry::Client*)>;

  void conclude(serve::ControlExchange& exchange, Reply reply);
  void change(std::span<serve::ControlExchange*> exchanges);
  [[nodiscard]] Reply change(registry::Store& store, const serve::ControlRequest& request);
  // With what the client sends as `parameters`; `is_refresh` where no grant type is to be named.
  [[nodiscard]] Reply token(registry::Store& store, const serve::ControlRequest& request,
                            const absl::StatusOr<Parameters>& parameters, bool is_refresh);
  [[nodiscard]] Reply revoke(registry::Store& store, const serve::ControlRequest& request);
  [[nodiscard]] Reply tell(const serve::ControlRequest& request);
  // Those of an account; kNotFound if it has none, as if there were no such account.
  [[nodiscard]] absl::StatusOr<std::string> public_keys(std::string_view account, int64_t now);
  [[nodiscard]] std::optional<std::string> metadata(const serve::ControlRequest& request) const;

  // Runs `body` for the client that the request authenticates, or null if it names none.
  static absl::Status run(registry::Store& store, const serve::ControlRequest& request,
                          const Parameters& parameters, const Body& body);
  // Counts what the client may have tried.
  [[nodiscard]] Reply refused(const serve::ControlRequest& request, const absl::Status& why);

  registry::Node& node_;
  const std::string issuer_;
  serve::FailureLimiter failures_;
  std::optional<StatusLists> status_lists_;
  IssuerMetrics metrics_;
};

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_ISSUER_H_
