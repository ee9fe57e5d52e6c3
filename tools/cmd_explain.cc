// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_explain.h"

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/times.h"
#include "cli/token_input.h"
#include "cli/words.h"
#include "registry/explain.h"
#include "registry/follower.h"

namespace simdjwt::cli::explain_command {
namespace {

using registry::Account;
using registry::CheckedServer;
using registry::Explanation;
using registry::Question;
using registry::Server;
using registry::Step;
using registry::Store;

constexpr char kFooter[] =
    "Nothing is changed, and nothing of it is logged. Prefer --token-file or standard\n"
    "input to TOKEN and --header, which other users of the machine may see.\n"
    "\n"
    "Exit status: 0 accepted, 1 refused, 2 wrong usage or configuration.\n"
    "\n"
    "Examples:\n"
    "  simdjwt explain --server api --token-file token\n"
    "  simdjwt explain --server api --header \"Authorization: Bearer $TOKEN\"\n"
    "each with --registry FILE, or SIMDJWT_REGISTRY in the environment.";

struct Arguments {
  RegistryInput registry;
  TokenInput token;
  std::optional<std::string> header;
  std::string server;
};

// The server, and whose it is. Names of servers are unique.
std::pair<Account, Server> find_server(Store& store, const Arguments& arguments) {
  if (arguments.registry.account.empty()) {
    return value_of(store.find_server_of_any(arguments.server));
  }
  const Account account = find_account(store, arguments.registry);
  return {account, value_of(store.find_server(account.id, arguments.server))};
}

// As the daemon has it that reads the registry now.
CheckedServer checked_server(const Arguments& arguments, int64_t now) {
  const auto follower = value_of(registry::Follower::open(arguments.registry.file, now));
  std::vector<CheckedServer> servers = follower->servers();
  const auto found = std::ranges::find(servers, arguments.server, &CheckedServer::name);
  if (found == servers.end()) throw Failure("the server was made this moment: try again");
  return std::move(*found);
}

std::string step_text(const Step& step) {
  if (step.state == Step::State::kNotReached) return "-";
  if (step.state == Step::State::kPassed) return "ok: " + step.found;
  std::string text = "FAILED";
  const auto add = [&text](const char* label, const std::string& part) {
    if (!part.empty()) text += label + part;
  };
  add(": ", step.subject);
  add(step.subject.empty() ? ": found " : " is ", step.found);
  add(", expected ", step.expected);
  return text;
}

//   refused: Token expired
//     server         api, of the account alice
//     reason         expired
//     format         ok: three parts of base64url
//     ...
//     what to do     Create another token, with a later expiry or none.
std::string explanation_text(const Explanation& explanation, const Question& question) {
  Details details;
  details.add("server", question.server.name + ", of the account " + question.account.name);
  const serve::Reason reason = serve::reason_of(explanation.outcome);
  if (reason != serve::Reason::kNone) {
    details.add("reason", std::string(to_string(reason)) + ", in logs and X-Auth-Reason");
  }
  for (const Step& step : explanation.steps) {
    details.add(std::string(to_string(step.check)), step_text(step));
  }
  if (!explanation.advice.empty()) details.add("what to do", std::string(explanation.advice));
  const std::string head = explanation.is_accepted() ? "accepted" : "refused: ";
  return head + (explanation.is_accepted() ? "" : std::string(explanation.heading)) + '\n' +
         details.text();
}

bool explain(const Arguments& arguments) {
  if (arguments.header && (arguments.token.argument || arguments.token.file)) {
    throw UsageError("--header goes with neither TOKEN nor --token-file");
  }
  const std::string text = arguments.header ? *arguments.header : read_token(arguments.token);
  const int64_t now = system_now();
  Store store = open_registry(arguments.registry);
  const auto [account, server] = find_server(store, arguments);
  const CheckedServer checked = checked_server(arguments, now);
  const Question question{.account = account,
                          .server = server,
                          .verifier = checked.verifier,
                          .text = text,
                          .is_field = arguments.header.has_value(),
                          .tells_of_others = true};
  const Explanation explanation = value_of(registry::explain(store, question, now));
  print(arguments.registry.json ? explanation_json(explanation, question, now) + '\n'
                                : explanation_text(explanation, question));
  return explanation.is_accepted();
}

}  // namespace

void add_to(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("explain", "Tell why a server takes a token, or does not");
  auto arguments = std::make_shared<Arguments>();
  add_token_options(*command, arguments->token,
                    "The token; without it, --token-file and --header,\n"
                    "standard input");
  add_text_option(*command, "--header", arguments->header,
                  "The field that a client sends, instead of a token")
      ->type_name("FIELD");
  command->add_option("--server", arguments->server, "The server that it is for")
      ->type_name("NAME")
      ->required();
  add_registry_option(*command, arguments->registry);
  command->add_option("--account", arguments->registry.account, "Whose server it is; rarely needed")
      ->type_name("NAME");
  add_json_option(*command, arguments->registry);
  command->group("Token registry");
  command->footer(kFooter);
  command->callback([arguments, &exit_status] { exit_status = explain(*arguments) ? 0 : 1; });
}

}  // namespace simdjwt::cli::explain_command
