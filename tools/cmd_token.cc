// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_token.h"

#include <CLI/App.hpp>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/confirm.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/request_input.h"
#include "cli/times.h"
#include "cli/token_report.h"
#include "cli/words.h"
#include "registry/grants.h"

namespace simdjwt::cli::token_command {
namespace {

using registry::Account;
using registry::Server;
using registry::Store;
using registry::Token;
using registry::TokenQuery;
using registry::TokenRequest;

constexpr char kFooter[] =
    "ID is a token's jti, or its first characters.\n"
    "\n"
    "Examples:\n"
    "  simdjwt token create --description 'CI' --expires-in 90d --server api\n"
    "  simdjwt token list --status active\n"
    "  simdjwt token show ID\n"
    "  simdjwt token revoke ID --reason leaked\n"
    "  simdjwt token revoke --matching 'CI' --reason rotated\n"
    "each with --registry FILE, or SIMDJWT_REGISTRY in the environment.";

struct Arguments {
  RegistryInput registry;
  // create
  RequestInput input;
  std::optional<int64_t> expires_in;
  std::optional<int64_t> expires_at;
  bool indefinite = false;
  std::optional<int64_t> refresh_for;
  std::string client;
  // list
  TokenQuery query;
  std::string status = "any";
  std::optional<uint64_t> before;
  // revoke
  std::vector<std::string> jtis;
  std::optional<std::string> matching;
  // the others
  std::string jti;
  std::string server;
  std::string reason;
  bool yes = false;
};

// --- create ---

std::optional<int64_t> expiry(const Arguments& arguments, int64_t now) {
  const int num_given = (arguments.expires_in ? 1 : 0) + (arguments.expires_at ? 1 : 0) +
                        (arguments.indefinite ? 1 : 0);
  if (num_given != 1) {
    throw UsageError("one of --expires-in, --expires-at and --indefinite is needed");
  }
  if (arguments.expires_in) return now + *arguments.expires_in;
  return arguments.expires_at;
}

// The first token of a family, and its refresh token below it.
void create_pair(const Arguments& arguments) {
  if (!arguments.expires_in) {
    throw UsageError("--refresh-for: needs --expires-in, the life of each token");
  }
  const registry::Act act = act_now();
  const TokenRequest request = request_of(arguments.input);
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const registry::TokenPair pair = value_of(registry::Grants(store).create_family(
      account.id, request, *arguments.expires_in, act.time + *arguments.refresh_for,
      arguments.client, act));
  if (arguments.registry.json) {
    return print(token_json(pair.access.token, act.time)
                     .add("token", json_string(pair.access.text))
                     .add("refresh_token", json_string(pair.refresh_token))
                     .add("refresh_expires", json_time(pair.refresh_expires))
                     .text() +
                 '\n');
  }
  print(pair.access.text + '\n' + pair.refresh_token + '\n');
  tell("made a token that expires " + utc(*pair.access.token.expires) +
       ", and a refresh token, shown this once, that gives others until " +
       utc(pair.refresh_expires));
}

void create(const Arguments& arguments) {
  if (arguments.refresh_for) return create_pair(arguments);
  if (!arguments.client.empty()) throw UsageError("--client: is for --refresh-for");
  const registry::Act act = act_now();
  TokenRequest request = request_of(arguments.input);
  request.expires = expiry(arguments, act.time);
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const registry::IssuedToken issued = value_of(store.create_token(account.id, request, act));
  if (arguments.registry.json) {
    return print(token_json(issued.token, act.time).add("token", json_string(issued.text)).text() +
                 '\n');
  }
  print(issued.text + '\n');
  const std::string until =
      issued.token.expires ? "expires " + utc(*issued.token.expires) : "never expires";
  tell("made the token " + issued.token.jti + ", which " + until +
       "; simdjwt token show tells how to use it");
}

// --- list and show ---

TokenQuery::Status parse_status(const std::string& name) {
  if (name == "any") return TokenQuery::Status::kAny;
  if (name == "active") return TokenQuery::Status::kActive;
  if (name == "inactive") return TokenQuery::Status::kInactive;
  throw UsageError("--status: " + quote(name) + " is unknown; there are any, active and inactive");
}

void list(const Arguments& arguments) {
  TokenQuery query = arguments.query;
  query.status = parse_status(arguments.status);
  query.before = arguments.before;
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const int64_t now = system_now();
  const registry::TokenPage page = value_of(store.tokens(account.id, query, now));
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const Token& token : page.tokens) objects.push_back(token_json(token, now).text());
    std::string text = json_list("tokens", objects);
    text.insert(text.size() - 1, ",\"next\":" + (page.next ? std::to_string(*page.next) : "null"));
    return print(text + '\n');
  }
  print(token_table(page.tokens, now));
  if (page.next) tell("more: --before " + std::to_string(*page.next));
}

// The URL for the examples: of the server that was named, or of the first that has one.
std::string example_url(Store& store, const Arguments& arguments, const Token& token) {
  if (!arguments.server.empty()) {
    const Server server = value_of(store.find_server(token.account, arguments.server));
    if (server.url.empty()) throw Failure("the server " + server.name + " has no URL");
    return server.url;
  }
  for (const std::string& name : token.servers) {
    const Server server = value_of(store.find_server(token.account, name));
    if (!server.url.empty()) return server.url;
  }
  return "";
}

std::string examples_json(const TokenExamples& examples) {
  return JsonObjectText()
      .add("environment", json_string(examples.environment))
      .add("curl", json_string(examples.curl))
      .add("javascript", json_string(examples.javascript))
      .add("python", json_string(examples.python))
      .text();
}

void show(const Arguments& arguments) {
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const Token token = value_of(store.find_token(account.id, arguments.jti));
  const int64_t now = system_now();
  const absl::StatusOr<std::string> value = store.preview_token(token, now);
  const std::string url = example_url(store, arguments, token);
  const TokenExamples examples =
      token_examples(arguments.registry.file, account.name, token.jti, url);
  if (arguments.registry.json) {
    return print(token_json(token, now)
                     .add("value", value.ok() ? json_string(*value) : "null")
                     .add("examples", url.empty() ? "null" : examples_json(examples))
                     .text() +
                 '\n');
  }
  print(token_details(token, value.ok() ? *value : "gone with its secret", now));
  print(url.empty() ? "\nExamples of use are shown once a server with a URL takes the token.\n"
                    : examples_text(examples));
}

void copy(const Arguments& arguments) {
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::string text = value_of(store.copy_token(account.id, arguments.jti, act_now()));
  if (!arguments.registry.json) return print(text + '\n');
  print(JsonObjectText().add("token", json_string(text)).text() + '\n');
}

// --- Changes of one token ---

// Prints the token as it is now, or tells what was done.
void report(Store& store, const Arguments& arguments, const Token& token, const std::string& done) {
  if (!arguments.registry.json) return tell("the token " + token.jti + ' ' + done);
  const Token changed = value_of(store.find_token(token.account, token.jti));
  print(token_json(changed, system_now()).text() + '\n');
}

// Those that were named, or all active ones that --matching finds.
std::vector<Token> tokens_to_revoke(Store& store, const Account& account,
                                    const Arguments& arguments) {
  std::vector<Token> tokens;
  if (arguments.matching.has_value() == !arguments.jtis.empty()) {
    throw UsageError("one of ID and --matching is needed");
  }
  for (const std::string& jti : arguments.jtis) {
    tokens.push_back(value_of(store.find_token(account.id, jti)));
  }
  if (!arguments.matching) return tokens;
  TokenQuery query{
      .search = *arguments.matching, .status = TokenQuery::Status::kActive, .limit = 1000};
  do {
    registry::TokenPage page = value_of(store.tokens(account.id, query, system_now()));
    std::move(page.tokens.begin(), page.tokens.end(), std::back_inserter(tokens));
    query.before = page.next;
  } while (query.before);
  if (tokens.empty()) throw Failure("no active token matches " + quote(*arguments.matching));
  return tokens;
}

void revoke(const Arguments& arguments) {
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const std::vector<Token> tokens = tokens_to_revoke(store, account, arguments);
  const Token& first = tokens.front();
  const bool is_one = tokens.size() == 1;
  confirm("Whoever uses " +
              (is_one ? "the token " + first.jti + ", " + quote(first.description)
                      : "one of these " + std::to_string(tokens.size()) + " tokens, the first " +
                            first.jti + ", " + quote(first.description)) +
              ", will be refused, for good.",
          arguments.yes);
  std::vector<std::string> jtis;
  for (const Token& token : tokens) jtis.push_back(token.jti);
  const size_t num_revoked =
      value_of(store.revoke_tokens(account.id, jtis, arguments.reason, act_now()));
  if (is_one) return report(store, arguments, first, "is revoked");
  if (!arguments.registry.json) {
    return tell("revoked " + std::to_string(num_revoked) + " tokens" +
                (num_revoked < jtis.size() ? "; the others were so before" : ""));
  }
  std::vector<std::string> objects;
  for (const Token& token : tokens) {
    objects.push_back(
        token_json(value_of(store.find_token(account.id, token.jti)), system_now()).text());
  }
  print(json_list("tokens", objects) + '\n');
}

void associate(const Arguments& arguments) {
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const Token token = value_of(store.find_token(account.id, arguments.jti));
  const Server before = value_of(store.find_server(account.id, arguments.server));
  succeed(store.associate(account.id, token.jti, arguments.server, act_now()));
  const Server after = value_of(store.find_server(account.id, arguments.server));
  const bool is_new = !before.authenticates && after.authenticates;
  report(store, arguments, token,
         "is good for " + arguments.server +
             (is_new ? ", whose authentication is on from now on" : ""));
}

void dissociate(const Arguments& arguments) {
  Store store = open_registry(arguments.registry);
  const Account account = find_account(store, arguments.registry);
  const Token token = value_of(store.find_token(account.id, arguments.jti));
  confirm("Whoever uses the token " + token.jti + ", " + quote(token.description) + ", at " +
              arguments.server + " will be refused.",
          arguments.yes);
  succeed(store.dissociate(account.id, token.jti, arguments.server, act_now()));
  report(store, arguments, token, "is not good for " + arguments.server);
}

// --- Options ---

void add_life_options(CLI::App& command, Arguments& arguments) {
  add_duration_option(command, "--expires-in", arguments.expires_in,
                      "Its life: 15m, 1h, 8h, 1d, 7d, 30d, 90d, 1y or any\n"
                      "other");
  add_date_option(command, "--expires-at", arguments.expires_at,
                  "Its end: 2027-01-31, 2027-01-31T12:00:00Z");
  command.add_flag("--indefinite", arguments.indefinite, "No end but revocation");
}

void add_create_options(CLI::App& command, Arguments& arguments) {
  add_description_option(command, arguments.input, "the token");
  add_life_options(command, arguments);
  add_duration_option(command, "--refresh-for", arguments.refresh_for,
                      "Issue a refresh token, too: for so long it gives new\n"
                      "tokens of the life --expires-in");
  command
      .add_option("--client", arguments.client,
                  "The client that alone may use the refresh token;\n"
                  "whoever has it, if not given")
      ->type_name("NAME");
  add_claim_options(command, arguments.input);
}

void add_list_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--search", arguments.query.search, "In description and ID")
      ->type_name("TEXT");
  command.add_option("--status", arguments.status, "any (if not given), active or inactive")
      ->type_name("STATUS");
  command.add_option("--limit", arguments.query.limit, "How many: 50 if not given, at most 1000")
      ->type_name("N");
  command
      .add_option_function<uint64_t>(
          "--before", [&arguments](uint64_t index) { arguments.before = index; },
          "Where the page before ended")
      ->type_name("N");
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "token", "Issue, show, associate and revoke tokens", kFooter);
  auto arguments = std::make_shared<Arguments>();
  add_create_options(
      *add_registry_action(*group, "create", "Issue a token, and print it", arguments, create),
      *arguments);
  add_list_options(
      *add_registry_action(*group, "list", "The account's tokens, newest first", arguments, list),
      *arguments);
  CLI::App* shown = add_registry_action(
      *group, "show", "What is known of a token, and how to use it", arguments, show);
  CLI::App* copied = add_registry_action(*group, "copy", "Print the token again", arguments, copy);
  CLI::App* revoked =
      add_registry_action(*group, "revoke", "End tokens, for good", arguments, revoke);
  CLI::App* tied =
      add_registry_action(*group, "associate", "Let a server take it", arguments, associate);
  CLI::App* untied =
      add_registry_action(*group, "dissociate", "Let it no longer", arguments, dissociate);
  for (CLI::App* command : {shown, copied, tied, untied}) {
    command->add_option("ID", arguments->jti, "The token")->required();
  }
  shown->add_option("--server", arguments->server, "The server that the examples call")
      ->type_name("NAME");
  revoked->add_option("ID", arguments->jtis, "The token, or several");
  add_text_option(*revoked, "--matching", arguments->matching,
                  "All active ones with this in description or ID, at\n"
                  "once")
      ->type_name("TEXT");
  revoked->add_option("--reason", arguments->reason, "Why, for the record")->type_name("TEXT");
  for (CLI::App* command : {tied, untied}) {
    command->add_option("SERVER", arguments->server, "The server's name")->required();
  }
  add_yes_option(*revoked, arguments->yes);
  add_yes_option(*untied, arguments->yes);
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::token_command
