// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// StatusLists: a registry's revocations, published so that others can follow them
// (draft-ietf-oauth-status-list).
//
//   GET /status-lists      {"status_lists":["https://tokens.example/status-lists/0", ...]}
//   GET /status-lists/N    a Status List Token: the tokens of N * 2^17 on, a bit for each
//   GET /jwks              by which they are verified

#ifndef SIMDJWT_IO_OAUTH_STATUS_LISTS_H_
#define SIMDJWT_IO_OAUTH_STATUS_LISTS_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "oauth/metadata.h"
#include "oauth/signing_key.h"
#include "registry/node.h"
#include "serve/control_request.h"
#include "simdjwt/signer.h"
#include "status/status_list.h"

namespace simdjwt::oauth {

// Used by one thread. Lists are made when somebody asks for them, and kept until the registry has
// changed or they are half as old as they may become.
class StatusLists {
 public:
  // `issuer` is the registry's; `node` outlives this. `ttl_seconds` is how long others may go by
  // what they have fetched.
  [[nodiscard]] static absl::StatusOr<StatusLists> create(registry::Node& node, std::string issuer,
                                                          SigningKey key, int64_t ttl_seconds);

  // kNotFound for all other paths, and lists of tokens that there are not; kUnimplemented for a
  // list as it was at another time. What was revoked before it was asked is in it.
  [[nodiscard]] absl::StatusOr<Told> tell(const serve::ControlRequest& request);

 private:
  struct Published {
    int64_t version = 0;  // of the registry, that it is up to date with
    int64_t issued = 0;
    std::optional<status::StatusList> list = {};  // as of then
    std::string token = {};                       // that says so
  };

  StatusLists(registry::Node& node, std::string issuer, Signer signer, std::string jwks,
              int64_t ttl_seconds);

  [[nodiscard]] absl::StatusOr<std::string> all(int64_t now);
  [[nodiscard]] absl::StatusOr<std::string> token(uint64_t number, int64_t now);
  [[nodiscard]] absl::Status renew(Published& published, bool is_young, uint64_t number,
                                   const registry::Follower& registry, int64_t now);

  registry::Node& node_;
  std::string issuer_;
  Signer signer_;
  std::string jwks_;
  int64_t ttl_seconds_;
  std::map<uint64_t, Published> published_;
};

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_STATUS_LISTS_H_
