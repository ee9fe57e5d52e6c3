// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Call: a request to the API whose caller and path are known, and the operations that take it.

#ifndef SIMDJWT_IO_API_CALL_H_
#define SIMDJWT_IO_API_CALL_H_

#include <string>
#include <string_view>

#include "api/problem.h"
#include "http/status.h"
#include "registry/admin_tokens.h"
#include "registry/node.h"
#include "registry/store.h"
#include "serve/control_request.h"

namespace simdjwt::api {

struct Call {
  const serve::ControlRequest& request;
  const registry::AdminToken& caller;
  registry::Store& store;      // held by this call alone
  const registry::Node& node;  // that the store is of
  registry::Act act;
  registry::Account account = {};  // of the path, if it names one
  std::string_view name = {};      // the server's, token's, client's or family's, likewise
  std::string_view server = {};    // behind a token's
};

using Response = serve::ControlResponse;

[[nodiscard]] inline Response json_response(std::string body,
                                            http::Status status = http::Status::kOk) {
  return {.status = status,
          .content_type = "application/json",
          .fields = "Cache-Control: no-store\r\n",
          .body = std::move(body)};
}

// --- Operations; each is described in openapi.json by its name in lowerCamel ---
// Those that make something call what answers also when the same is asked again, with the name,
// jti or generation of what was made.

[[nodiscard]] Response get_registry(Call& call);

[[nodiscard]] Response list_accounts(Call& call);
[[nodiscard]] Response create_account(Call& call);
[[nodiscard]] Response show_made_account(Call& call, std::string_view name);
[[nodiscard]] Response get_account(Call& call);
[[nodiscard]] Response change_account(Call& call);

[[nodiscard]] Response list_servers(Call& call);
[[nodiscard]] Response create_server(Call& call);
[[nodiscard]] Response show_made_server(Call& call, std::string_view name);
[[nodiscard]] Response get_server(Call& call);
[[nodiscard]] Response change_server(Call& call);

[[nodiscard]] Response list_tokens(Call& call);
[[nodiscard]] Response create_token(Call& call);
[[nodiscard]] Response show_made_token(Call& call, std::string_view jti);
[[nodiscard]] Response get_token(Call& call);
[[nodiscard]] Response copy_token(Call& call);
[[nodiscard]] Response revoke_token(Call& call);
[[nodiscard]] Response associate_token(Call& call);
[[nodiscard]] Response dissociate_token(Call& call);

[[nodiscard]] Response list_usage(Call& call);

[[nodiscard]] Response list_clients(Call& call);
[[nodiscard]] Response create_client(Call& call);
[[nodiscard]] Response show_made_client(Call& call, std::string_view name);
[[nodiscard]] Response get_client(Call& call);
[[nodiscard]] Response revoke_client(Call& call);

[[nodiscard]] Response list_refresh_families(Call& call);
[[nodiscard]] Response get_refresh_family(Call& call);
[[nodiscard]] Response revoke_refresh_family(Call& call);

[[nodiscard]] Response list_secrets(Call& call);
[[nodiscard]] Response reveal_secret(Call& call);
[[nodiscard]] Response rotate_secret(Call& call);
[[nodiscard]] Response show_made_secret(Call& call, std::string_view generation);
[[nodiscard]] Response get_public_keys(Call& call);

[[nodiscard]] Response list_epochs(Call& call);
[[nodiscard]] Response set_epoch(Call& call);
[[nodiscard]] Response list_account_epochs(Call& call);
[[nodiscard]] Response set_account_epoch(Call& call);
[[nodiscard]] Response list_foreign_revocations(Call& call);
[[nodiscard]] Response revoke_foreign_token(Call& call);

[[nodiscard]] Response explain(Call& call);

[[nodiscard]] Response list_audit(Call& call);
[[nodiscard]] Response list_account_audit(Call& call);

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_CALL_H_
