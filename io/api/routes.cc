// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/routes.h"

#include <array>
#include <cstddef>
#include <optional>

namespace simdjwt::api {
namespace {

using Scope = registry::AdminScope;

constexpr uint8_t kAll = Route::kEverywhere;
constexpr uint8_t kChangeAll = Route::kChange | Route::kEverywhere;
constexpr uint8_t kPagedAll = Route::kPaged | Route::kEverywhere;

constexpr std::array kRoutes = {
    Route{"GET", "/registry", "getRegistry", Scope::kRead, Route::kRead, get_registry},

    Route{"GET", "/accounts", "listAccounts", Scope::kRead, Route::kPaged, list_accounts},
    Route{"POST", "/accounts", "createAccount", Scope::kWrite, kChangeAll, create_account,
          show_made_account},
    Route{"GET", "/accounts/{account}", "getAccount", Scope::kRead, Route::kRead, get_account},
    Route{"PATCH", "/accounts/{account}", "changeAccount", Scope::kWrite, kChangeAll,
          change_account},

    Route{"GET", "/accounts/{account}/servers", "listServers", Scope::kRead, Route::kPaged,
          list_servers},
    Route{"POST", "/accounts/{account}/servers", "createServer", Scope::kWrite, Route::kChange,
          create_server, show_made_server},
    Route{"GET", "/accounts/{account}/servers/{server}", "getServer", Scope::kRead, Route::kRead,
          get_server},
    Route{"PATCH", "/accounts/{account}/servers/{server}", "changeServer", Scope::kWrite,
          Route::kChange, change_server},

    Route{"GET", "/accounts/{account}/tokens", "listTokens", Scope::kRead, Route::kPaged,
          list_tokens},
    Route{"POST", "/accounts/{account}/tokens", "createToken", Scope::kWrite, Route::kChange,
          create_token, show_made_token},
    Route{"GET", "/accounts/{account}/tokens/{jti}", "getToken", Scope::kRead, Route::kRead,
          get_token},
    Route{"POST", "/accounts/{account}/tokens/{jti}/copy", "copyToken", Scope::kReveal,
          Route::kChange, copy_token},
    Route{"POST", "/accounts/{account}/tokens/{jti}/revoke", "revokeToken", Scope::kWrite,
          Route::kChange, revoke_token},
    Route{"PUT", "/accounts/{account}/tokens/{jti}/servers/{server}", "associateToken",
          Scope::kWrite, Route::kChange, associate_token},
    Route{"DELETE", "/accounts/{account}/tokens/{jti}/servers/{server}", "dissociateToken",
          Scope::kWrite, Route::kChange, dissociate_token},

    Route{"GET", "/accounts/{account}/usage", "listUsage", Scope::kRead, Route::kPaged, list_usage},

    Route{"GET", "/accounts/{account}/clients", "listClients", Scope::kRead, Route::kPaged,
          list_clients},
    Route{"POST", "/accounts/{account}/clients", "createClient", Scope::kWrite, Route::kChange,
          create_client, show_made_client},
    Route{"GET", "/accounts/{account}/clients/{client}", "getClient", Scope::kRead, Route::kRead,
          get_client},
    Route{"POST", "/accounts/{account}/clients/{client}/revoke", "revokeClient", Scope::kWrite,
          Route::kChange, revoke_client},

    Route{"GET", "/accounts/{account}/refresh-families", "listRefreshFamilies", Scope::kRead,
          Route::kPaged, list_refresh_families},
    Route{"GET", "/accounts/{account}/refresh-families/{family}", "getRefreshFamily", Scope::kRead,
          Route::kRead, get_refresh_family},
    Route{"POST", "/accounts/{account}/refresh-families/{family}/revoke", "revokeRefreshFamily",
          Scope::kWrite, Route::kChange, revoke_refresh_family},

    Route{"GET", "/accounts/{account}/secrets", "listSecrets", Scope::kRead, Route::kRead,
          list_secrets},
    Route{"POST", "/accounts/{account}/secrets/reveal", "revealSecret", Scope::kReveal,
          Route::kChange, reveal_secret},
    Route{"POST", "/accounts/{account}/secrets/rotate", "rotateSecret", Scope::kWrite,
          Route::kChange, rotate_secret, show_made_secret},
    Route{"GET", "/accounts/{account}/jwks.json", "getPublicKeys", Scope::kRead, Route::kRead,
          get_public_keys},

    Route{"GET", "/epochs", "listEpochs", Scope::kRead, kAll, list_epochs},
    Route{"POST", "/epochs", "setEpoch", Scope::kWrite, kChangeAll, set_epoch},
    Route{"GET", "/accounts/{account}/epochs", "listAccountEpochs", Scope::kRead, Route::kRead,
          list_account_epochs},
    Route{"POST", "/accounts/{account}/epochs", "setAccountEpoch", Scope::kWrite, Route::kChange,
          set_account_epoch},

    Route{"GET", "/accounts/{account}/foreign-revocations", "listForeignRevocations", Scope::kRead,
          Route::kPaged, list_foreign_revocations},
    Route{"POST", "/accounts/{account}/foreign-revocations", "revokeForeignToken", Scope::kWrite,
          Route::kChange, revoke_foreign_token},

    Route{"POST", "/explain", "explain", Scope::kRead, Route::kRead, explain},

    Route{"GET", "/audit", "listAudit", Scope::kAudit, kPagedAll, list_audit},
    Route{"GET", "/accounts/{account}/audit", "listAccountAudit", Scope::kAudit, Route::kPaged,
          list_account_audit},
};

// The first part of a path, "/accounts" of "/accounts/alice", which is taken off; empty at its end.
std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/', 1));
  path.remove_prefix(part.size());
  return part;
}

// Nothing is decoded or normalised: no name has characters that would need it.
std::optional<Match> match(std::string_view pattern, std::string_view path) {
  Match match;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(path);
    if (!wanted.starts_with("/{")) {
      if (part != wanted) return std::nullopt;
      continue;
    }
    if (part.size() < 2) return std::nullopt;
    std::string_view& place = wanted == "/{account}" ? match.account
                              : match.name.empty()   ? match.name
                                                     : match.server;
    place = part.substr(1);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return match;
}

}  // namespace

std::span<const Route> routes() noexcept { return kRoutes; }

Match find_route(std::string_view method, std::string_view path) {
  Match none;
  if (!path.starts_with(kPrefix)) return none;
  path.remove_prefix(kPrefix.size());
  for (const Route& route : kRoutes) {
    std::optional<Match> found = match(route.path, path);
    if (!found) continue;
    if (route.method == method) {
      found->route = &route;
      return *found;
    }
    none.allow.append(none.allow.empty() ? "" : ", ").append(route.method);
    if (route.method == "GET") none.allow.append(", HEAD");
  }
  return none;
}

}  // namespace simdjwt::api
