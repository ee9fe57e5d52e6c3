// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/token_request.h"

#include <array>
#include <utility>

namespace simdjwt::api {

using registry::Template;
using registry::TokenRequest;

TokenRequest read_token_request(Body& body) {
  constexpr std::array kTemplates = {Template::kStandard, Template::kDjango, Template::kCustom};
  TokenRequest request;
  request.description = body.required_text("description");
  request.claims =
      kTemplates.at(body.choice("template", {"standard", "django", "custom"}).value_or(0));
  request.sub = body.text("sub").value_or("");
  request.audiences = body.texts("audiences");
  request.scope = body.text("scope").value_or("");
  request.user_id = body.scalar_json("user_id").value_or("");
  request.custom_claims = body.object_json("claims").value_or("");
  request.servers = body.texts("servers");
  request.aud_of_servers = body.boolean("aud_of_servers").value_or(true);
  if (request.claims == Template::kDjango && !body.has("user_id")) {
    body.fail("user_id", "is missing, and the template needs it");
  }
  if (request.claims == Template::kCustom && !body.has("claims")) {
    body.fail("claims", "is missing, and the template needs it");
  }
  if (request.claims != Template::kDjango && body.has("user_id")) {
    body.fail("user_id", "is of the template django only");
  }
  if (request.claims != Template::kCustom && body.has("claims")) {
    body.fail("claims", "is of the template custom only");
  }
  return request;
}

Response refused_request(const absl::Status& status) {
  // Of a server that the body names, not the path.
  Problem problem = problem_of(status);
  if (problem.status == http::Status::kNotFound) {
    problem = {http::Status::kUnprocessableContent, "invalid_value", std::move(problem.detail),
               "servers"};
  }
  return response_of(problem);
}

std::string_view text_of(Template claims) noexcept {
  switch (claims) {
    case Template::kStandard:
      return "standard";
    case Template::kDjango:
      return "django";
    case Template::kCustom:
      return "custom";
  }
  return "";
}

void add_revocation(JsonWriter& json, const std::optional<registry::Revocation>& revoked) {
  if (!revoked) {
    json.add_null("revoked");
    return;
  }
  json.begin_object("revoked")
      .add("time", revoked->time)
      .add("reason", revoked->reason)
      .end_object();
}

}  // namespace simdjwt::api
