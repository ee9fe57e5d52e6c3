// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_usage.h"

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/registry_input.h"
#include "cli/table.h"
#include "cli/words.h"

namespace simdjwt::cli::usage_command {
namespace {

using registry::UsageLine;
using registry::UsageQuery;

constexpr char kFooter[] =
    "Counts are kept by the minute for a day, by the hour for 90 days, and are five\n"
    "seconds old at most. A token counts where its signature is right.\n"
    "\n"
    "Examples:\n"
    "  simdjwt usage list\n"
    "  simdjwt usage list --by token --server api --since 2027-01-31\n"
    "  simdjwt usage list --by hour --token ID --json\n"
    "each with --registry FILE, or SIMDJWT_REGISTRY in the environment.";

struct Arguments {
  RegistryInput registry;
  std::string by = "server";
  std::string server;
  std::string token;
  std::optional<int64_t> since;
  std::optional<int64_t> until;
};

// What lines are about, and the length of the time that each is of.
struct By {
  const char* name;
  UsageQuery::By by;
  int64_t bucket_seconds;
};
constexpr By kAllBy[] = {{"server", UsageQuery::By::kServer, 0},
                         {"token", UsageQuery::By::kToken, 0},
                         {"minute", UsageQuery::By::kTime, registry::kMinuteSeconds},
                         {"hour", UsageQuery::By::kTime, registry::kHourSeconds},
                         {"day", UsageQuery::By::kTime, 24 * registry::kHourSeconds}};

const By& parse_by(const std::string& name) {
  for (const By& by : kAllBy) {
    if (name == by.name) return by;
  }
  throw UsageError("--by: " + quote(name) +
                   " is unknown; there are server, token, minute, hour and day");
}

UsageQuery make_query(registry::Store& store, registry::AccountId account, const By& by,
                      const Arguments& arguments) {
  UsageQuery query{.by = by.by,
                   .since = arguments.since.value_or(0),
                   .until = arguments.until.value_or(registry::kNever),
                   .bucket_seconds = by.bucket_seconds};
  if (!arguments.server.empty()) {
    query.server = value_of(store.find_server(account, arguments.server)).id;
  }
  if (!arguments.token.empty()) {
    query.token = value_of(store.find_token(account, arguments.token)).index;
  }
  return query;
}

std::string line_json(const UsageLine& line, UsageQuery::By by) {
  JsonObjectText rejected;
  for (const auto& [reason, count] : line.rejected) rejected.add(reason, std::to_string(count));
  JsonObjectText object;
  switch (by) {
    case UsageQuery::By::kServer:
      object.add("server", json_string(line.name));
      break;
    case UsageQuery::By::kToken:
      object.add("token", json_string(line.name));
      break;
    case UsageQuery::By::kTime:
      object.add("start", json_time(line.start));
      break;
  }
  return object.add("accepted", std::to_string(line.num_accepted))
      .add("anonymous", std::to_string(line.num_anonymous))
      .add("rejected", rejected.text())
      .text();
}

// "expired 3, revoked 1"
std::string reasons_text(const UsageLine& line) {
  std::string text;
  for (const auto& [reason, count] : line.rejected) {
    text += (text.empty() ? "" : ", ") + reason + ' ' + std::to_string(count);
  }
  return text;
}

void list(const Arguments& arguments) {
  const By& by = parse_by(arguments.by);
  registry::Store store = open_registry(arguments.registry);
  const registry::Account account = find_account(store, arguments.registry);
  const std::vector<UsageLine> lines =
      value_of(store.usage(account.id, make_query(store, account.id, by, arguments)));
  if (arguments.registry.json) {
    std::vector<std::string> objects;
    for (const UsageLine& line : lines) objects.push_back(line_json(line, by.by));
    return print(json_list("usage", objects) + '\n');
  }
  const bool is_by_time = by.by == UsageQuery::By::kTime;
  Table table({is_by_time                        ? "START"
               : by.by == UsageQuery::By::kToken ? "TOKEN"
                                                 : "SERVER",
               "ACCEPTED", "ANONYMOUS", "REJECTED", "REASONS"});
  for (const UsageLine& line : lines) {
    table.add({is_by_time ? utc(line.start) : line.name, std::to_string(line.num_accepted),
               std::to_string(line.num_anonymous), std::to_string(line.num_rejected),
               reasons_text(line)});
  }
  print(table.text());
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* group =
      add_registry_group(app, "usage", "Show how often servers and tokens were used", kFooter);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_registry_action(*group, "list", "How often, and why not", arguments, list);
  command->add_option("--by", arguments->by, "server (if not given), token, minute, hour or day")
      ->type_name("WHAT");
  command->add_option("--server", arguments->server, "At this server only")->type_name("NAME");
  command->add_option("--token", arguments->token, "With this token only")->type_name("ID");
  add_date_option(*command, "--since", arguments->since, "From then on: 2027-01-31");
  add_date_option(*command, "--until", arguments->until, "Before then: 2027-01-31T12:00:00Z");
  add_account_options(*group, arguments->registry);
}

}  // namespace simdjwt::cli::usage_command
