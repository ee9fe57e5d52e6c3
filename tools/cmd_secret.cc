// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_secret.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/confirm.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/times.h"
#include "cli/words.h"

namespace simdjwt::cli::secret_command {
namespace {

using registry::Account;
using registry::SecretInfo;

constexpr char kFooter[] =
    "The secret is text: its 64 characters are the key, as they stand. Who has it\n"
    "can make tokens. Those that are signed by a key, EdDSA or RS256, others verify\n"
    "by its public half, which jwks prints: from that, no token can be made.\n"
    "\n"
    "Examples:\n"
    "  simdjwt secret show --registry tokens.db\n"
    "  simdjwt secret rotate --grace 7d --registry tokens.db\n"
    "  simdjwt secret jwks --registry tokens.db > public.jwks";

struct Arguments {
  RegistryInput registry;
  std::optional<int64_t> grace;
  std::optional<std::string> alg;
  bool yes = false;
};

void show(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const registry::SecretText secret = value_of(store.show_secret(account.id, act_now()));
  if (!arguments.registry.json) {
    print(secret.view());
    return print("\n");
  }
  print(JsonObjectText().add("secret", json_string(secret.view())).text() + '\n');
}

void rotate(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const int64_t grace = *arguments.grace;
  const Algorithm algorithm =
      arguments.alg ? parse_token_algorithm(*arguments.alg) : account.algorithm;
  const std::string kind = is_hmac(algorithm) ? "secret" : "key";
  const std::string end = grace == 0 ? "at once" : "in " + span_of_time(grace);
  confirm("All tokens of the account " + account.name + " that its present " + kind + " for " +
              std::string(to_string(algorithm)) + " has signed end " + end +
              ", and services that verify with it need the new one; a " + kind +
              " that was replaced before ends at once.",
          arguments.yes);
  const SecretInfo secret = value_of(store.rotate_secret(account.id, grace, act_now(), algorithm));
  if (arguments.registry.json) {
    return print(JsonObjectText()
                     .add("generation", std::to_string(secret.generation))
                     .add("created", json_time(secret.created))
                     .add("previous_valid_until", json_time(secret.created + grace))
                     .add("alg", json_string(to_string(secret.algorithm)))
                     .add("kid", secret.kid.empty() ? "null" : json_string(secret.kid))
                     .text() +
                 '\n');
  }
  tell("the " + kind + " is of generation " + std::to_string(secret.generation) +
       "; the one before ends " + end);
}

void print_public_keys(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  print(value_of(store.public_keys(account.id, system_now())) + '\n');
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "secret", "Show and rotate an account's secret or key", kFooter);
  auto arguments = std::make_shared<Arguments>();
  add_registry_action(*group, "show", "Print it, to be put where tokens are verified", arguments,
                      show);
  CLI::App* rotated =
      add_registry_action(*group, "rotate", "Replace it by a new one", arguments, rotate);
  add_duration_option(*rotated, "--grace", arguments->grace,
                      "How long the present one stays valid; 0: not at all")
      ->required();
  add_token_algorithm_option(*rotated, arguments->alg,
                             "Of which; if not given, of what signs tokens now");
  add_yes_option(*rotated, arguments->yes);
  add_registry_action(*group, "jwks", "Print what others verify its tokens by, as a JWK Set",
                      arguments, print_public_keys);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::secret_command
