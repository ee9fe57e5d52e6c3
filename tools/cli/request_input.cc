// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/request_input.h"

#include "cli/claims_text.h"
#include "cli/failure.h"
#include "cli/options.h"
#include "cli/words.h"

namespace simdjwt::cli {

using registry::Template;
using registry::TokenRequest;

namespace {

Template parse_template(const std::string& name) {
  if (name == "standard") return Template::kStandard;
  if (name == "django") return Template::kDjango;
  if (name == "custom") return Template::kCustom;
  throw UsageError("--template: " + quote(name) +
                   " is unknown; there are standard, django and custom");
}

}  // namespace

void add_description_option(CLI::App& command, RequestInput& input, const std::string& subject) {
  command.add_option("--description", input.request.description, "What " + subject + " is for")
      ->type_name("TEXT")
      ->required();
}

void add_claim_options(CLI::App& command, RequestInput& input) {
  TokenRequest& request = input.request;
  command
      .add_option("--template", input.claims_template,
                  "standard (if not given): iss, sub, aud, scope;\n"
                  "django: also what simplejwt demands; custom: the\n"
                  "claims given by --claim. All have jti and iat")
      ->type_name("NAME");
  command.add_option("--sub", request.sub, "The subject; the account's name if not given")
      ->type_name("SUBJECT");
  command.add_option("--aud", request.audiences, "An audience; may be given several times")
      ->type_name("AUDIENCE")
      ->allow_extra_args(false);
  command.add_flag("--no-server-aud", input.no_server_aud,
                   "Leave the servers' URLs out of aud, for verifiers\n"
                   "that expect none");
  command.add_option("--scope", request.scope, "Scopes, separated by blanks")->type_name("WORDS");
  add_text_option(command, "--user-id", input.user_id, "The user_id of the template django")
      ->type_name("ID");
  command.add_option("--claim", input.claims, "NAME=VALUE, of the template custom")
      ->type_name("CLAIM")
      ->allow_extra_args(false);
  command
      .add_option("--server", request.servers,
                  "A server that it is for; may be given several\n"
                  "times")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

TokenRequest request_of(const RequestInput& input) {
  TokenRequest request = input.request;
  request.claims = parse_template(input.claims_template);
  request.aud_of_servers = !input.no_server_aud;
  // Digits are a number; any other text is one of Django's string identifiers.
  if (input.user_id) {
    const bool is_number = !input.user_id->empty() &&
                           input.user_id->find_first_not_of("0123456789") == std::string::npos;
    request.user_id = is_number ? *input.user_id : json_string(*input.user_id);
  }
  if (request.claims == Template::kCustom) {
    ClaimsText claims;
    for (const std::string& assignment : input.claims) claims.add_assignment(assignment);
    request.custom_claims = claims.text();
  } else if (!input.claims.empty()) {
    throw UsageError("--claim: is for --template custom");
  }
  return request;
}

}  // namespace simdjwt::cli
