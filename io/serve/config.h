// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Config: what simdjwtd is told in its TOML file.
//
//   [listen]
//   address = "127.0.0.1:8080"           # port 0: the kernel chooses
//   threads = 1                          # optional
//
//   [keys]
//   jwks_file = "keys.json"              # a JWK Set or one JWK; relative to the config file
//   algorithm = "HS256"                  # optional: of keys that name none
//
//   [policy]                             # the first four must be said, one way or the other
//   iss = "https://issuer.example"       # or an array, any of which; or false: not checked
//   aud = "https://api.example"          # likewise; or aud_all = [...]: all of them
//   typ = "JWT"                          # or false
//   exp = "required"                     # or "optional": a token without exp never expires
//   leeway_seconds = 0                   # the rest is optional
//   max_age_seconds = 3600
//   required_claims = ["sub"]
//   forbidden_claims = ["act"]
//   claims = { tenant = "a", role = ["admin", "ops"] }    # equal to; any of
//   scope = "read write"                 # the words that scope must have
//   realm = "simdjwt"                    # in challenges
//
//   [limits]                             # optional, as is each of them
//   connections = 4096                   # in all threads together
//   head_seconds = 10                    # for a whole request
//   idle_seconds = 60                    # between requests; longer than your proxy's keep-alive
//   write_seconds = 10                   # for a client to take its answers

#ifndef SIMDJWT_IO_SERVE_CONFIG_H_
#define SIMDJWT_IO_SERVE_CONFIG_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/connection.h"
#include "net/listener.h"
#include "serve/answers.h"
#include "simdjwt/key.h"
#include "simdjwt/key_set.h"
#include "simdjwt/policy.h"

namespace simdjwt::serve {

struct Config {
  net::SocketAddress address;
  uint32_t num_threads = 1;
  uint32_t num_connections_max = 4096;
  net::Timeouts timeouts;
  std::string jwks_file;
  std::optional<Algorithm> fallback_algorithm;
  Policy policy = Policy::signature_only();
  ChallengeOptions challenge;
};

// Errors are "FILE:LINE: KEY: what is wrong". A key that is not known is an error: it may be a
// misspelt demand.
[[nodiscard]] absl::StatusOr<Config> load_config(const std::string& path);

// Reads the configured keys. `warnings` receives a line for each thing that is legal but looks like
// a mistake: a key that is skipped, or a file that everybody may read.
[[nodiscard]] absl::StatusOr<KeySet> load_keys(const Config& config,
                                               std::vector<std::string>& warnings);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONFIG_H_
