// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_account.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/times.h"
#include "cli/words.h"

namespace simdjwt::cli::account_command {
namespace {

using registry::Accepts;
using registry::Account;
using registry::LifePolicy;
using registry::SecretInfo;

constexpr char kFooter[] =
    "Examples:\n"
    "  simdjwt account create alice --registry tokens.db\n"
    "  simdjwt account create bob --alg EdDSA --registry tokens.db\n"
    "  simdjwt account policy alice --life-max 90d --registry tokens.db\n"
    "  simdjwt account list --registry tokens.db";

struct Arguments {
  RegistryInput registry;
  std::string name;
  std::optional<std::string> accepts;
  std::optional<std::string> alg;
  std::optional<int64_t> life_min;
  std::optional<std::string> life_max;
  std::optional<std::string> indefinite;
};

Accepts parse_accepts(const std::string& text) {
  if (text == "registered") return Accepts::kRegistered;
  if (text == "signed") return Accepts::kSigned;
  throw UsageError("--accepts: " + quote(text) + " is unknown; there are registered and signed");
}

std::string accepts_text(Accepts accepts) {
  return accepts == Accepts::kSigned ? "signed" : "registered";
}

std::optional<int64_t> parse_life_max(const std::string& text) {
  if (text == "none") return std::nullopt;
  const std::optional<int64_t> seconds = parse_duration(text);
  if (!seconds) throw UsageError("--life-max: " + quote(text) + " is neither a duration nor none");
  return seconds;
}

bool parse_indefinite(const std::string& text) {
  if (text == "yes" || text == "no") return text == "yes";
  throw UsageError("--indefinite: " + quote(text) + " is neither yes nor no");
}

// The policy with what the command line says of it.
void apply(const Arguments& arguments, Account& account) {
  LifePolicy& life = account.life;
  if (arguments.accepts) account.accepts = parse_accepts(*arguments.accepts);
  if (arguments.alg) account.algorithm = parse_token_algorithm(*arguments.alg);
  if (arguments.life_min) life.seconds_min = *arguments.life_min;
  if (arguments.life_max) life.seconds_max = parse_life_max(*arguments.life_max);
  if (arguments.indefinite) life.may_be_indefinite = parse_indefinite(*arguments.indefinite);
}

std::string life_text(const LifePolicy& life) {
  std::string text = "at least " + span_of_time(life.seconds_min);
  if (life.seconds_max) text += ", at most " + span_of_time(*life.seconds_max);
  return text + (life.may_be_indefinite ? ", or indefinite" : ", never indefinite");
}

std::string account_json(const Account& account) {
  return JsonObjectText()
      .add("name", json_string(account.name))
      .add("created", json_time(account.created))
      .add("accepts", json_string(accepts_text(account.accepts)))
      .add("alg", json_string(to_string(account.algorithm)))
      .add("life_min", std::to_string(account.life.seconds_min))
      .add("life_max", json_time(account.life.seconds_max))
      .add("indefinite", account.life.may_be_indefinite ? "true" : "false")
      .text();
}

std::string secrets_text(const std::vector<SecretInfo>& secrets, int64_t now) {
  std::string text;
  for (const SecretInfo& secret : secrets) {
    if (!text.empty()) text += "; ";
    if (!secret.kid.empty()) text += std::string(to_string(secret.algorithm)) + " key ";
    text += "generation " + std::to_string(secret.generation) + " of " + utc(secret.created);
    if (!secret.kid.empty()) text += ", kid " + quote(secret.kid);
    if (!secret.valid_until) continue;
    text += *secret.valid_until > now ? ", valid until " + utc(*secret.valid_until) : ", ended";
  }
  return text;
}

void create(const Arguments& arguments) {
  Account wanted;
  apply(arguments, wanted);
  registry::Store store = open_registry(arguments.registry);
  const Account account = value_of(store.create_account(arguments.name, wanted.accepts, wanted.life,
                                                        act_now(), wanted.algorithm));
  if (arguments.registry.json) return print(account_json(account) + '\n');
  tell("made the account " + account.name);
}

void list(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const std::vector<Account> accounts = value_of(store.accounts());
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const Account& account : accounts) objects.push_back(account_json(account));
    return print(json_list("accounts", objects) + '\n');
  }
  Table table({"NAME", "CREATED", "ACCEPTS", "ALG", "LIFE OF TOKENS"});
  for (const Account& account : accounts) {
    table.add({account.name, utc(account.created), accepts_text(account.accepts),
               std::string(to_string(account.algorithm)), life_text(account.life)});
  }
  print(table.text());
}

void show(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  const Account account = value_of(store.find_account(arguments.name));
  if (arguments.registry.json) return print(account_json(account) + '\n');
  const int64_t now = system_now();
  Details details;
  details.add("Account", account.name);
  details.add("Created", utc_and_distance(account.created, now));
  details.add("Accepts", account.accepts == Accepts::kSigned
                             ? "tokens of the registry, and others that its secret signed"
                             : "tokens of the registry");
  details.add("Tokens signed by", std::string(to_string(account.algorithm)));
  details.add("Life of tokens", life_text(account.life));
  details.add("Servers", std::to_string(value_of(store.servers(account.id)).size()));
  details.add("Secrets", secrets_text(value_of(store.secrets(account.id)), now));
  print(details.text());
}

void policy(const Arguments& arguments) {
  registry::Store store = open_registry(arguments.registry);
  Account account = value_of(store.find_account(arguments.name));
  apply(arguments, account);
  succeed(
      store.set_policy(account.id, account.accepts, account.life, act_now(), account.algorithm));
  if (arguments.registry.json) return print(account_json(account) + '\n');
  tell(account.name + ": accepts " + accepts_text(account.accepts) + ", tokens signed by " +
       std::string(to_string(account.algorithm)) + ", life of tokens " + life_text(account.life));
}

void add_policy_options(CLI::App& command, Arguments& arguments) {
  add_text_option(command, "--accepts", arguments.accepts,
                  "registered: tokens of the registry (if not given);\n"
                  "signed: any that the account's secret has signed")
      ->type_name("WHICH");
  add_token_algorithm_option(command, arguments.alg,
                             "What signs tokens from now on; those that there are\n"
                             "stay good: HS256 (if not given), EdDSA or RS256");
  add_duration_option(command, "--life-min", arguments.life_min, "The shortest life of a token");
  add_text_option(command, "--life-max", arguments.life_max, "The longest, or none")
      ->type_name("DURATION");
  add_text_option(command, "--indefinite", arguments.indefinite,
                  "Whether tokens may be without an expiry: yes (if\n"
                  "not given) or no")
      ->type_name("YES|NO");
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "account", "Make and show accounts, and set their policy", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* made = add_registry_action(*group, "create", "Make an account", arguments, create);
  CLI::App* shown =
      add_registry_action(*group, "show", "What is known of an account", arguments, show);
  CLI::App* changed =
      add_registry_action(*group, "policy", "Set what its tokens may be", arguments, policy);
  for (CLI::App* command : {made, shown, changed}) {
    command->add_option("NAME", arguments->name, "The account's name")->required();
  }
  add_policy_options(*made, *arguments);
  add_policy_options(*changed, *arguments);
  add_registry_action(*group, "list", "All accounts", arguments, list);
}

}  // namespace simdjwt::cli::account_command
