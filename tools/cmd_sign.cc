// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_sign.h"

#include <simdjwt/limits.h>
#include <simdjwt/signer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/claims_text.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/random.h"
#include "cli/times.h"

namespace simdjwt::cli::sign_command {
namespace {

constexpr char kFooter[] =
    "Prints the token and a line end. What no verifier would accept is not signed:\n"
    "claims that appear twice, dates that are no numbers.\n"
    "\n"
    "Exit status: 0 signed, 2 wrong usage or configuration.\n"
    "\n"
    "Examples:\n"
    "  simdjwt sign --jwk-file key.jwk --sub alice --aud api --expires-in 1h\n"
    "  simdjwt sign --secret-file secret --alg HS256 --sub alice --claim admin=true\n"
    "  simdjwt sign --key-file private.pem --alg ES256 --kid k1 --sub alice\n"
    "  simdjwt sign --jwk-file key.jwk --claims-file claims.json --no-iat\n"
    "  simdjwt sign --jwk-file key.jwk --sub load-test --count 10000 > tokens";

struct Arguments {
  KeyInput key;
  std::optional<std::string> kid;
  std::optional<std::string> typ;
  std::string claims_file;
  std::string payload_file;
  std::optional<std::string> iss;
  std::optional<std::string> sub;
  std::vector<std::string> audiences;
  std::optional<std::string> jti;
  std::optional<std::string> scope;
  std::vector<std::string> assignments;
  std::optional<int64_t> expires_in;
  std::optional<int64_t> not_before;
  std::optional<int64_t> now;
  uint64_t count = 0;  // 0: one token, without a jti of its own
  bool no_iat = false;
};

std::string signed_or_throw(absl::StatusOr<std::string> token, const std::string& what) {
  if (!token.ok()) throw Failure(what + ": " + std::string(token.status().message()));
  return *std::move(token);
}

Signer make_signer(const Arguments& arguments) {
  // A payload of any kind is not said to be a JWT.
  const std::string typ = arguments.typ.value_or(arguments.payload_file.empty() ? "JWT" : "");
  absl::StatusOr<Signer> signer =
      Signer::create(read_signing_key(arguments.key, arguments.kid.value_or("")), typ);
  if (!signer.ok()) throw UsageError(std::string(signer.status().message()));
  return *std::move(signer);
}

ClaimsText read_claims_file(const std::string& path, const Signer& signer) {
  const FileBytes file = read_file(path, kTokenBytesMax);
  signed_or_throw(signer.sign_claims(file.view()), shown_path(path));  // is it all right by itself?
  return ClaimsText(file.view());
}

ClaimsText build_claims(const Arguments& arguments, const Signer& signer) {
  ClaimsText claims;
  if (!arguments.claims_file.empty()) claims = read_claims_file(arguments.claims_file, signer);
  const int64_t now = arguments.now.value_or(system_now());
  if (arguments.iss) claims.add_string("iss", *arguments.iss);
  if (arguments.sub) claims.add_string("sub", *arguments.sub);
  claims.add_strings("aud", arguments.audiences);
  if (arguments.jti) claims.add_string("jti", *arguments.jti);
  if (arguments.not_before) claims.add_number("nbf", now + *arguments.not_before);
  if (arguments.expires_in) claims.add_number("exp", now + *arguments.expires_in);
  if (arguments.scope) claims.add_string("scope", *arguments.scope);
  for (const std::string& assignment : arguments.assignments) claims.add_assignment(assignment);
  if (!arguments.no_iat && !claims.has("iat")) claims.add_number("iat", now);
  return claims;
}

void refuse_claims_beside_payload(const CLI::App& app) {
  for (const char* option : {"--claims-file", "--iss", "--sub", "--aud", "--jti", "--scope",
                             "--claim", "--expires-in", "--not-before", "--no-iat", "--count"}) {
    refuse_both(app, "--payload-file", option);
  }
}

void print_token(absl::StatusOr<std::string> token, const std::string& what) {
  print(signed_or_throw(std::move(token), what) + '\n');
}

void sign(const CLI::App& app, const Arguments& arguments) {
  refuse_claims_beside_payload(app);
  const Signer signer = make_signer(arguments);
  if (!arguments.payload_file.empty()) {
    const FileBytes payload = read_file(arguments.payload_file, kTokenBytesMax);
    return print_token(signer.sign_payload(payload.view()), shown_path(arguments.payload_file));
  }
  const ClaimsText claims = build_claims(arguments, signer);
  if (arguments.count == 0) return print_token(signer.sign_claims(claims.text()), "the claims");
  for (uint64_t i = 0; i < arguments.count; ++i) {
    ClaimsText distinct = claims;
    distinct.add_string("jti", random_uuid());
    print_token(signer.sign_claims(distinct.text()), "the claims");
  }
}

void add_claim_options(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--claims-file", arguments.claims_file, "A JSON object of claims to begin with")
      ->type_name("FILE");
  add_text_option(command, "--iss", arguments.iss, "The issuer")->type_name("ISSUER");
  add_text_option(command, "--sub", arguments.sub, "The subject")->type_name("SUBJECT");
  command.add_option("--aud", arguments.audiences, "The audience; an array, given several times")
      ->type_name("AUDIENCE")
      ->allow_extra_args(false);
  add_text_option(command, "--jti", arguments.jti, "The token's identifier")->type_name("ID");
  add_text_option(command, "--scope", arguments.scope, "Scopes, separated by blanks")
      ->type_name("WORDS");
  command
      .add_option("--claim", arguments.assignments,
                  "Any claim, NAME=VALUE: JSON, or text if it is no\n"
                  "JSON; may be given several times")
      ->type_name("CLAIM")
      ->allow_extra_args(false);
  add_duration_option(command, "--expires-in", arguments.expires_in,
                      "Sets exp to that long after now: 900, 15m, 12h, 30d");
  add_duration_option(command, "--not-before", arguments.not_before,
                      "Sets nbf to that long after now");
  command.add_flag("--no-iat", arguments.no_iat, "Leave out iat, which otherwise is now");
  add_now_option(command, arguments.now);
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* command = app.add_subcommand("sign", "Sign claims, or any payload, as a token");
  auto arguments = std::make_shared<Arguments>();
  add_key_options(*command, arguments->key);
  add_text_option(*command, "--kid", arguments->kid,
                  "The kid in the header; of a set, also the key\n"
                  "to sign with")
      ->type_name("KID");
  add_text_option(*command, "--typ", arguments->typ,
                  "The type in the header; JWT if not given, none\n"
                  "if empty")
      ->type_name("TYPE");
  add_claim_options(*command, *arguments);
  command
      ->add_option("--count", arguments->count,
                   "Make so many tokens, one a line, each with a\n"
                   "random jti")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}).description(""));
  command
      ->add_option("--payload-file", arguments->payload_file,
                   "Sign a file's exact bytes instead of claims\n"
                   "(RFC 7515), without typ")
      ->type_name("FILE");
  command->group("Commands");
  command->footer(kFooter);
  command->callback([command, arguments] { sign(*command, *arguments); });
}

}  // namespace simdjwt::cli::sign_command
