// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Grants: authorizations by which tokens are issued again and again, each short-lived, to whoever
// holds a secret: a client (RFC 6749 section 4.4), or a refresh token (section 6).

#ifndef SIMDJWT_IO_REGISTRY_GRANTS_H_
#define SIMDJWT_IO_REGISTRY_GRANTS_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/issue.h"
#include "registry/model.h"
#include "registry/store.h"

namespace simdjwt::registry {

using GrantId = int64_t;

inline constexpr int64_t kAccessSecondsDefault = 3600;
inline constexpr int64_t kAccessSecondsMax = 30 * 86400;

struct Grant {
  GrantId id = 0;
  AccountId account = 0;
  TokenRequest tokens = {};  // what each of its tokens is like, but for the expiry
  int64_t access_seconds = kAccessSecondsDefault;  // the life of each
  int64_t created = 0;
  std::optional<Revocation> revoked = {};
};

// Known by its name, unique in the registry, and a secret.
struct Client {
  Grant grant;
  std::string name;
};

struct NewClient {
  Client client;
  std::string secret;  // shown this once: only its hash is kept
};

// A refresh token and those that come in its place: of one line at most one is good.
struct RefreshFamily {
  Grant grant;
  std::string client;   // who alone may use it; empty: whoever has the token
  int64_t expires = 0;  // the family with all its refresh tokens
};

struct TokenPair {
  IssuedToken access;
  std::string access_scope;   // empty: none
  std::string refresh_token;  // shown this once: only its hash is kept
  int64_t refresh_expires = 0;
};

// What is asked for of a grant; nothing stands for all of it.
struct Narrowing {
  std::string_view scope = {};              // words of the grant's
  std::vector<std::string> resources = {};  // URLs of servers of the grant (RFC 8707)
};

// Works on a store, with its rules for threads and errors. Those who present secrets are answered:
//   kUnauthenticated   the client is not who it says, or says nothing where it has to
//   kPermissionDenied  the refresh token is good for nothing, or not for this client
//   kAborted           the refresh token was used before: its family has been revoked
//   kOutOfRange        the scope is wider than the grant's
//   kNotFound          a resource is no server of the grant
//   kFailedPrecondition  the token is not of the kind that is handed back
// and kInvalidArgument where the account's policy does not allow such tokens any more.
class Grants {
 public:
  explicit Grants(Store& store) noexcept : store_(store) {}

  // --- Clients ---

  [[nodiscard]] absl::StatusOr<NewClient> create_client(AccountId account, std::string_view name,
                                                        const TokenRequest& tokens,
                                                        int64_t access_seconds, const Act& act);
  // By name, revoked ones too.
  [[nodiscard]] absl::StatusOr<std::vector<Client>> clients(AccountId account);
  [[nodiscard]] absl::StatusOr<Client> find_client(AccountId account, std::string_view name);
  // For good: the client, its tokens, its refresh tokens and theirs.
  [[nodiscard]] absl::Status revoke_client(AccountId account, std::string_view name,
                                           std::string_view reason, const Act& act);
  [[nodiscard]] absl::StatusOr<Client> authenticate(std::string_view name, std::string_view secret);
  [[nodiscard]] absl::StatusOr<IssuedToken> issue_to(const Client& client,
                                                     const Narrowing& narrowing, const Act& act);

  // --- Refresh tokens ---

  // The first pair of a family that ends at `expires`. `client` is empty, or one of the account's.
  [[nodiscard]] absl::StatusOr<TokenPair> create_family(AccountId account,
                                                        const TokenRequest& tokens,
                                                        int64_t access_seconds, int64_t expires,
                                                        std::string_view client, const Act& act);
  // The newest first, from the first behind `before` on; revoked and expired ones too.
  [[nodiscard]] absl::StatusOr<std::vector<RefreshFamily>> families(AccountId account,
                                                                    GrantId before = INT64_MAX,
                                                                    int64_t limit = INT64_MAX);
  [[nodiscard]] absl::StatusOr<RefreshFamily> find_family(AccountId account, GrantId family);
  // For good: its refresh tokens, and the tokens that came of them.
  [[nodiscard]] absl::Status revoke_family(AccountId account, GrantId family,
                                           std::string_view reason, const Act& act);
  // A pair for a refresh token, which is spent by that. One that was spent before has been stolen,
  // or its successor has: it revokes the family. `client` is null if nobody has authenticated.
  [[nodiscard]] absl::StatusOr<TokenPair> refresh(std::string_view refresh_token,
                                                  const Client* client, const Narrowing& narrowing,
                                                  const Act& act);

  // --- Revocation by whoever has the token (RFC 7009) ---

  // A refresh token, with its family, or a token that came of a grant. It must be the client's;
  // one without a client, if it has a family, is for whoever presents it. Unknown ones are OK, and
  // so are those that are good for nothing already.
  [[nodiscard]] absl::Status revoke_presented(std::string_view token, const Client* client,
                                              const Act& act);

 private:
  Store& store_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_GRANTS_H_
