// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_decode.h"

#include <simdjwt/base64url.h>
#include <simdjwt/signer.h>
#include <simdjwt/token.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/times.h"
#include "cli/token_input.h"
#include "cli/words.h"

namespace simdjwt::cli::decode_command {
namespace {

constexpr char kWarning[] =
    "NOTHING WAS VERIFIED: anyone can write a token that says this. See simdjwt verify.";

constexpr char kFooter[] =
    "Shows header and claims of one token without a key, and so without knowing\n"
    "whether they are true.\n"
    "\n"
    "Exit status: 0 decoded, 1 not a token that can be decoded, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  simdjwt decode --token-file token\n"
    "  simdjwt decode --json < token | jq .claims.exp";

struct Arguments {
  TokenInput token;
  std::optional<int64_t> now;
  bool json = false;
};

// What is wrong with the claims, or empty. Asks the engine itself, which signs nothing that it
// would not accept: with a key that nobody has, as the result is thrown away.
std::string claims_mistake(const std::string& payload) {
  static constexpr char kAnySecret[] = "no token with this signature leaves this function";
  const absl::StatusOr<Signer> signer =
      Signer::create(*Key::hmac(Algorithm::kHs256, kAnySecret), "");
  return std::string(signer->sign_claims(payload).status().message());
}

std::string describe_times(const std::vector<JsonMember>& claims, int64_t now) {
  std::string text;
  for (const char* name : {"iat", "nbf", "exp"}) {
    const JsonMember* claim = find_member(claims, name);
    if (claim == nullptr || !claim->time()) continue;
    text += "  " + std::string(name) + "  " + utc_and_distance(*claim->time(), now) + '\n';
  }
  return text.empty() ? text : "times\n" + text;
}

std::string describe_claims(const std::string& payload, int64_t now) {
  const std::vector<JsonMember> claims = json_members(payload);
  const std::string mistake = claims_mistake(payload);
  if (!mistake.empty() && claims.empty()) {
    return "payload, " + with_thousands(payload.size()) + " bytes that are no claims\n  " +
           quote(payload, payload.size()) + '\n';
  }
  std::string text = "claims\n  " + format_json(payload, JsonLayout::kIndented, 2) + '\n';
  if (!mistake.empty()) text += "  No verifier accepts these claims: " + printable(mistake) + '\n';
  return text + describe_times(claims, now);
}

std::string describe(const UnverifiedToken& token, int64_t now) {
  return std::string(kWarning) + "\nheader\n  " +
         format_json(token.header_json, JsonLayout::kIndented, 2) + '\n' +
         describe_claims(token.payload, now) + "signature\n  " +
         with_thousands(token.signature.size()) + " bytes, not verified\n";
}

// {"verified":false,"header":{...},"claims":{...},"signature_base64url":"..."}, with
// payload_base64url in place of claims that are no valid claims.
std::string json_of(const UnverifiedToken& token) {
  JsonObjectText json;
  json.add("verified", "false").add("header", format_json(token.header_json, JsonLayout::kOneLine));
  if (claims_mistake(token.payload).empty()) {
    json.add("claims", format_json(token.payload, JsonLayout::kOneLine));
  } else {
    json.add("payload_base64url", json_string(base64url_encode(token.payload)));
  }
  json.add("signature_base64url", json_string(base64url_encode(token.signature)));
  return json.text();
}

// Returns the exit status.
int decode(const Arguments& arguments) {
  const absl::StatusOr<UnverifiedToken> token = decode_unverified(read_token(arguments.token));
  if (!token.ok()) {
    tell("simdjwt decode: " + std::string(token.status().message()));
    return 1;
  }
  if (arguments.json || isatty(STDOUT_FILENO) == 0) tell(kWarning);
  print(arguments.json ? json_of(*token) + '\n'
                       : describe(*token, arguments.now.value_or(system_now())));
  return 0;
}

}  // namespace

void add_to(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("decode", "Show what a token says, WITHOUT verifying anything");
  auto arguments = std::make_shared<Arguments>();
  add_token_options(*command, arguments->token,
                    "The token; without it and --token-file,\n"
                    "all of standard input");
  add_now_option(*command, arguments->now);
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->group("Commands");
  command->footer(kFooter);
  command->callback([arguments, &exit_status] { exit_status = decode(*arguments); });
}

}  // namespace simdjwt::cli::decode_command
