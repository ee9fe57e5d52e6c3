// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Steps that several changes of grants have in common.

#ifndef SIMDJWT_IO_REGISTRY_GRANT_ROWS_H_
#define SIMDJWT_IO_REGISTRY_GRANT_ROWS_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "registry/grants.h"
#include "registry/opaque_secret.h"
#include "registry/sqlite.h"
#include "registry/writer.h"

namespace simdjwt::registry {

inline constexpr std::string_view kClientSecretPrefix = "sjc_";
inline constexpr std::string_view kRefreshTokenPrefix = "sjr_";

// Those of a SELECT of kGrantColumns FROM grants g, from this column on.
inline constexpr char kGrantColumns[] =
    "g.id, g.account, g.description, g.template, g.sub, g.audiences, g.scope, g.user_id, "
    "g.custom_claims, g.aud_of_servers, g.access_seconds, g.created, g.revoked, g.reason";
inline constexpr int kNumGrantColumns = 14;
// Without its servers, which load_servers() adds.
[[nodiscard]] Grant grant_of(const Statement& row);
[[nodiscard]] absl::Status load_servers(Database& database, Grant& grant);

// A grant for such tokens, whose servers are the account's; it gets its id.
[[nodiscard]] absl::Status insert_grant(Writer& writer, Store& store, Grant& grant);

// The grant, and its tokens that are still good. Changes nothing if that was done before.
[[nodiscard]] absl::Status revoke_grant(Writer& writer, const Grant& grant, std::string_view action,
                                        std::string_view subject, std::string_view reason);

// The tokens that are asked for of it now.
[[nodiscard]] absl::StatusOr<TokenRequest> narrowed(Store& store, const Grant& grant,
                                                    const Narrowing& narrowing, int64_t now);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_GRANT_ROWS_H_
