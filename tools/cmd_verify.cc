// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_verify.h"

#include <simdjwt/verifier.h>

#include <memory>

#include "cli/demands.h"
#include "cli/issuer_input.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/token_input.h"
#include "cli/verify_lines.h"

namespace simdjwt::cli::verify_command {
namespace {

constexpr char kFooter[] =
    "Checked are the signature, then exp, nbf and iat where the token has them, and\n"
    "whatever the options above demand; nothing else.\n"
    "\n"
    "Standard input holds one token a line; empty lines are skipped. Prefer it or\n"
    "--token-file to TOKEN, which other users of the machine may see.\n"
    "\n"
    "Exit status: 0 all valid, 1 any rejected, 2 wrong usage or configuration.\n"
    "\n"
    "Examples:\n"
    "  simdjwt verify --jwk-file key.jwk --iss https://a.example --aud api < token\n"
    "  simdjwt verify --key-file public.pem --alg RS256 --require exp < token\n"
    "  simdjwt verify --issuer https://a.example --aud api --alg RS256,ES256 < token\n"
    "  simdjwt verify --secret-file key --alg HS256 --require exp --leeway 30 TOKEN\n"
    "  simdjwt verify --jwk-file keys.jwks --json < tokens | jq .claims";

struct Arguments {
  TokenInput token;
  KeyInput key;
  Demands demands;
  VerifySettings settings;
};

bool verify(const CLI::App& app, Arguments& arguments) {
  check_token_options(arguments.token);
  refuse_both(app, "--issuer", "--iss");
  if (arguments.key.issuer.issuer) arguments.demands.issuers = {*arguments.key.issuer.issuer};
  const Policy policy = build_policy(app, arguments.demands);
  const Verifier verifier(read_verification_keys(arguments.key), policy);
  if (arguments.token.is_standard_input()) {
    return LinesVerifier(verifier, arguments.demands, arguments.settings).run();
  }
  return verify_one(verifier, arguments.demands, arguments.settings, read_token(arguments.token));
}

}  // namespace

void add_to(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("verify", "Verify tokens: signature, then claims");
  auto arguments = std::make_shared<Arguments>();
  add_token_options(*command, arguments->token,
                    "The token; without it and --token-file,\n"
                    "standard input, one token a line");
  add_key_options(*command, arguments->key);
  add_issuer_options(*command, arguments->key.issuer);
  add_demand_options(*command, arguments->demands);
  add_now_option(*command, arguments->settings.now);
  command->add_flag("--json", arguments->settings.json, "Print one JSON object a token");
  command->group("Commands");
  command->footer(kFooter);
  command->callback(
      [command, arguments, &exit_status] { exit_status = verify(*command, *arguments) ? 0 : 1; });
}

}  // namespace simdjwt::cli::verify_command
