// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// AdminTokens: who may use the admin API of a registry, and for what. They have nothing to do with
// the tokens that the registry issues: none of those opens the API.

#ifndef SIMDJWT_IO_REGISTRY_ADMIN_TOKENS_H_
#define SIMDJWT_IO_REGISTRY_ADMIN_TOKENS_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/model.h"
#include "registry/store.h"

namespace simdjwt::registry {

inline constexpr std::string_view kAdminTokenPrefix = "sja_";

// What one may do with the token. None includes another.
enum class AdminScope : uint8_t {
  kRead = 1,    // look at all but what is secret
  kWrite = 2,   // make and change things; shows a token that it has made
  kReveal = 4,  // see secrets, and tokens again
  kAudit = 8,   // read the audit log
};
[[nodiscard]] std::string_view name_of(AdminScope scope) noexcept;
inline constexpr AdminScope kAdminScopes[] = {AdminScope::kRead, AdminScope::kWrite,
                                              AdminScope::kReveal, AdminScope::kAudit};

struct AdminToken {
  int64_t id = 0;
  std::string name = {};
  uint8_t scopes = 0;  // bits
  std::optional<AccountId> account =
      {};  // the only one it reaches; nullopt: all, and what is all's
  int64_t created = 0;
  std::optional<int64_t> expires = {};
  std::optional<int64_t> last_used = {};  // to a minute
  std::optional<int64_t> revoked = {};

  [[nodiscard]] bool may(AdminScope scope) const noexcept {
    return (scopes & static_cast<uint8_t>(scope)) != 0;
  }
  [[nodiscard]] bool is_good(int64_t now) const noexcept {
    return !revoked && (!expires || *expires > now);
  }
};

struct AdminTokenRequest {
  std::string name;  // unique, also among those that are revoked
  std::vector<AdminScope> scopes;
  std::optional<AccountId> account = {};
  std::optional<int64_t> expires = {};
};

struct IssuedAdminToken {
  AdminToken token;
  std::string text;  // nobody can tell it again
};

// What was made for the first request with a key: see Act::once.
struct MadeOnce {
  std::string request;  // its hash
  std::string subject;  // the name or jti of what was made
};

// Of a store, which outlives this. Errors as there.
class AdminTokens {
 public:
  explicit AdminTokens(Store& store) noexcept : store_(store) {}

  [[nodiscard]] absl::StatusOr<IssuedAdminToken> create(const AdminTokenRequest& request,
                                                        const Act& act);
  // The oldest first.
  [[nodiscard]] absl::StatusOr<std::vector<AdminToken>> all();
  // For good. Revoking it once more changes nothing.
  [[nodiscard]] absl::Status revoke(std::string_view name, const Act& act);

  // The token with this text, if it is good; notes its use. Else kNotFound.
  [[nodiscard]] absl::StatusOr<AdminToken> find(std::string_view text, int64_t now);

  // What the caller has made with the key in the last day, or kNotFound.
  [[nodiscard]] absl::StatusOr<MadeOnce> find_made(const Once& once, int64_t now);

 private:
  Store& store_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_ADMIN_TOKENS_H_
