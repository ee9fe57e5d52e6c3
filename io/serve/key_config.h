// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Where the keys of policies come from.
//
//   [policy.default]                     # one of these
//   jwks_file = "keys.json"              # a JWK Set or one JWK; read again when it changes
//   jwks_url = "https://id.example/jwks" # likewise, but fetched, again and again
//   discovery = true                     # likewise, from where the metadata of the issuer, an
//                                        # OpenID provider, lead
//   issuer = "https://id.example"        # whose they are, for discovery or beside any of these:
//   iss
//                                        # must be it, and so is not said
//   status_lists = "https://id.example/lists/"    # optional: its Token Status Lists, of which a
//                                        # token may name one; one that says anything but valid has
//                                        # it refused. Beneath a URL that ends with '/' they are
//                                        # fetched when they are named; any other URL, or an array
//                                        # of them, is a list and fetched at once. A token that
//                                        # names none passes without required_claims = ["status"]
//   status_jwks_url = "https://id.example/jwks"   # or status_jwks_file: the keys that sign the
//                                        # lists; unsaid, those of the tokens. HMAC keys sign none
//
//   [policy.many]                        # or the keys of many issuers, each of whom they bind: iss
//   [[policy.many.issuers]]              # chooses whose are used, and is not said either
//   issuer = "https://id.example"
//   discovery = true                     # or jwks_url or jwks_file
//   [[policy.many.issuers]]
//   issuer = "https://other.example"
//   jwks_url = "https://other.example/jwks"
//
//   [jwks]                               # how keys and lists are fetched; optional, as is each
//                                        # of them
//   cache_directory = "cache"            # the last good ones are kept here for the next start
//   ca_file = "ca.pem"                   # whose certificates are trusted, instead of the system's
//   document_bytes = 1048576
//   connect_seconds = 5
//   fetch_seconds = 10                   # for all of a document
//   redirects = 3                        # to the same scheme
//   refresh_seconds = 900                # how long keys are fresh, where their server does not say
//   refresh_min_seconds = 60             # within these bounds it may
//   refresh_max_seconds = 86400          # no list is good for longer, either
//   cooldown_seconds = 30                # from one fetch to another for an unknown kid
//   allow_private_addresses = false      # true: also from this machine and its network
//   allow_http = false                   # true: without TLS; for tests
//   proxy_from_environment = false       # true: through https_proxy and its like

#ifndef SIMDJWT_IO_SERVE_KEY_CONFIG_H_
#define SIMDJWT_IO_SERVE_KEY_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "jwks/key_sources.h"
#include "jwks/source_config.h"
#include "serve/toml_section.h"
#include "status/list_sources.h"

namespace simdjwt::serve {

// Reads [jwks].
[[nodiscard]] jwks::KeySourcesOptions read_jwks(TomlSection section,
                                                const std::string& config_path);

// What it means, a line.
[[nodiscard]] std::string describe(const jwks::KeySourcesOptions& options);

// Either a file or a source.
struct KeyConfig {
  std::string file = {};
  std::optional<jwks::SourceConfig> source = {};
  std::string issuer = {};                               // whose they are; empty: nobody says
  std::vector<std::string> status_lists = {};            // see ListUris; empty: nobody is asked
  std::string status_file = {};                          // of the keys that sign them, or else
  std::optional<jwks::SourceConfig> status_source = {};  // their source; or else these very keys

  // "https://id.example/jwks"
  [[nodiscard]] std::string describe() const;
  // Whether there are status lists, signed by these keys.
  [[nodiscard]] bool signs_lists() const noexcept {
    return !status_lists.empty() && status_file.empty() && !status_source;
  }
  // nullopt if there are none.
  [[nodiscard]] std::optional<status::ListsConfig> lists() const;
};

// Reads where the keys of a [policy.NAME], or of one of its issuers, come from. How they are read,
// a source is told later.
[[nodiscard]] KeyConfig read_key_config(TomlSection& section, const std::string& config_path,
                                        jwks::PlainHttp plain_http);

// Those of each [[policy.NAME.issuers]], sorted by issuer; empty if there are none.
[[nodiscard]] std::vector<KeyConfig> read_issuers(TomlSection& section,
                                                  const std::string& config_path,
                                                  jwks::PlainHttp plain_http);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_KEY_CONFIG_H_
