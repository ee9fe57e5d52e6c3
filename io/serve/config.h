// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Config: what simdjwtd is told in its TOML file. policy_config.h has what a [policy.NAME] may say.
//
//   [server]                             # optional
//   threads = 0                          # 0: one for each CPU that the process may use
//
//   [[listen]]                           # one or more
//   address = "127.0.0.1:8080"           # "[::1]:8080", "unix:/run/simdjwtd/check.sock",
//                                        # "unix:@name", "systemd:NAME"; port 0: the kernel chooses
//   mode = "0660"                        # of a unix socket with a path
//   owner = "user:group"                 # likewise
//   proxy_protocol_from = ["10.0.0.0/8"] # a PROXY header is required, and of these peers only;
//                                        # "unix": whoever can reach the unix socket
//   tls_certificate = "cert.pem"         # with tls_key: this listener speaks TLS
//   tls_key = "key.pem"
//   tls_client_ca = "ca.pem"             # clients show a certificate of this authority
//   tls_client_required = true           # false: those who have one
//
//   [admin]                              # absent: no admin listener. It serves the registry's API,
//                                        # too, if there is a [registry]
//   address = "127.0.0.1:9090"           # with mode and owner, as above
//
//   [limits]                             # optional, as is each of them
//   connections = 16384                  # in all threads together; when they are reached, the one
//                                        # that was idle longest makes room
//   head_seconds = 10                    # for the head of a request
//   body_seconds = 30                    # for the next piece of its body
//   idle_seconds = 3600                  # between requests; longer than your proxy's keep-alive
//   write_seconds = 10                   # for a client to take all answers that are ready for it
//   drain_seconds = 25                   # for all that is under way at shutdown
//   drain_delay_seconds = 0              # not ready, but still accepting, before that
//   head_bytes = 16384
//   body_bytes = 1048576                 # of an introspection
//   cached_signatures = 100000           # tokens whose RS, PS, ES or EdDSA signature was right, at
//                                        # 24 bytes each, for all policies together; 0: verify anew
//
//   [registry]                           # absent: none. Its servers are asked like policies
//   path = "registry.db"                 # beside it, what of a policy concerns conduct and
//   challenges
//
//   [issuer]                             # absent: none. Clients fetch tokens of the registry here,
//   address = "127.0.0.1:8081"           # whose issuer is the URL that leads here; with all that
//                                        # a [[listen]] may say
//   failures_per_minute = 60             # of an address before it has to wait; 0: no limit
//   resource_metadata = false            # true: challenges of servers that have a URL point here
//   signing_key_file = "issuer.jwk"      # optional: a private key, not HMAC, by which the status
//   of
//                                        # the registry's tokens is published; read at the start
//   status_list_seconds = 300            # how long others may go by what they have fetched of that
//
//   [jwks]                               # how keys are fetched: see key_config.h
//
//   [log]
//   decisions = "stderr"                 # or a file; absent: not logged. Addresses of clients that
//                                        # no proxy names are known if it was there at the start
//   allow_sample = 0.0                   # share of the allowed that is logged, beside all denied
//   hash_subjects = false                # true: "sub_hash" instead of "sub"
//
// All paths are relative to the config file.

#ifndef SIMDJWT_IO_SERVE_CONFIG_H_
#define SIMDJWT_IO_SERVE_CONFIG_H_

#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/listener.h"
#include "net/peer_range.h"
#include "net/tls.h"
#include "serve/key_config.h"
#include "serve/policy_config.h"

namespace simdjwt::serve {

struct ServerConfig {
  uint32_t num_threads;
};

struct ListenConfig {
  net::ListenOptions socket;
  std::vector<net::PeerRange> proxy_protocol_from;  // empty: not the PROXY protocol
  std::optional<net::TlsOptions> tls;
};

struct AdminConfig {
  net::ListenOptions socket;
};

struct IssuerConfig {
  ListenConfig listener;
  uint32_t failures_per_minute;
  bool is_in_challenges;
  std::string signing_key_file;  // empty: no status lists
  int64_t status_list_seconds;
};

struct LimitsConfig {
  uint32_t num_connections_max = 16384;
  std::chrono::seconds head{10};
  std::chrono::seconds body{30};
  std::chrono::seconds idle{3600};
  std::chrono::seconds write{10};
  std::chrono::seconds drain{25};
  std::chrono::seconds drain_delay{0};
  size_t head_bytes_max = 16 * 1024;
  size_t body_bytes_max = 1024 * 1024;
  size_t num_cached_signatures = 100'000;  // 0: no cache
};

struct LogConfig {
  std::string decisions;  // "stderr", a path, or empty
  double allow_sample = 0;
  bool hashes_subjects = false;
};

struct RegistryConfig {
  std::string path;
  PolicyConfig conduct;  // of all servers
};

struct Config {
  ServerConfig server = {};
  std::vector<ListenConfig> listeners;  // one or more
  std::optional<AdminConfig> admin;
  std::vector<PolicyConfig> policies;  // sorted by name; one or more, unless there is a registry
  std::optional<RegistryConfig> registry;
  std::optional<IssuerConfig> issuer;  // not without a registry
  LimitsConfig limits;
  jwks::KeySourcesOptions jwks;
  LogConfig log;
};

// Errors are "FILE:LINE: KEY: what is wrong". A key that is not known is an error: it may be a
// misspelt demand.
[[nodiscard]] absl::StatusOr<Config> load_config(const std::string& path);

// All of it in words, a thing a line, as it was understood. Holds no secret.
[[nodiscard]] std::string describe(const Config& config);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONFIG_H_
