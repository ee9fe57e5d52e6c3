// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Why a token is accepted or refused.

#include "registry/explain.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/body.h"
#include "api/call.h"

namespace simdjwt::api {

using registry::Account;
using registry::CheckedServer;
using registry::Server;

namespace {

// Who is confined to another account is told what everybody is told of servers that do not exist.
absl::StatusOr<std::pair<Account, Server>> find_server(Call& call, const std::string& name) {
  auto found = call.store.find_server_of_any(name);
  if (!found.ok() || call.caller.account.value_or(found->first.id) == found->first.id) return found;
  return absl::NotFoundError("there is no server named " + name);
}

}  // namespace

Response explain(Call& call) {
  Body body(call.request);
  const std::string name = body.required_text("server");
  const std::optional<std::string> token = body.text("token");
  const std::optional<std::string> field = body.text("authorization");
  if (body.has("token") == body.has("authorization")) {
    body.fail("token", "one of token and authorization is to be given");
  }
  if (const auto problem = body.finish()) return response_of(*problem);

  const auto found = find_server(call, name);
  if (!found.ok()) {
    Problem problem = problem_of(found.status());
    if (problem.status == http::Status::kNotFound) {
      problem = {http::Status::kUnprocessableContent, "invalid_value", std::move(problem.detail),
                 "server"};
    }
    return response_of(problem);
  }
  const std::vector<CheckedServer> servers = call.node.servers();
  const auto checked = std::ranges::find(servers, name, &CheckedServer::name);
  if (checked == servers.end()) {
    return response_of(absl::UnavailableError("the server is not in use on this node yet"));
  }
  const registry::Question question{.account = found->first,
                                    .server = found->second,
                                    .verifier = checked->verifier,
                                    .text = token ? *token : *field,
                                    .is_field = field.has_value(),
                                    .tells_of_others = !call.caller.account};
  const auto explanation = registry::explain(call.store, question, call.act.time);
  if (!explanation.ok()) return response_of(explanation.status());
  return json_response(explanation_json(*explanation, question, call.act.time));
}

}  // namespace simdjwt::api
