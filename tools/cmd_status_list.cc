// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_status_list.h"

#include <simdjwt/limits.h>

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/files.h"
#include "cli/issuer_input.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/times.h"
#include "cli/words.h"
#include "status/status_list_token.h"

namespace simdjwt::cli::status_list_command {
namespace {

using status::StatusListToken;

constexpr char kFooter[] =
    "Verifies a Status List Token (draft-ietf-oauth-status-list) and reads it.\n"
    "--uri is where it was found: what the token whose status it is calls it.\n"
    "\n"
    "Exit status: 0 valid, or a list that was read; 1 another status, or a list that\n"
    "is refused; 2 wrong usage or configuration.\n"
    "\n"
    "Examples, of $URI, which the status of a token names with an index:\n"
    "  curl -s \"$URI\" | simdjwt status-list --jwks-url \"$JWKS\" --uri \"$URI\" --index 5\n"
    "  simdjwt status-list --jwk-file keys.jwks --uri \"$URI\" --json list.jwt";

constexpr size_t kListBytesMax = 64 * 1024 * 1024;
constexpr int64_t kLeewaySeconds = 60;

struct Arguments {
  std::string file = "-";
  KeyInput key;
  std::string uri;
  std::optional<uint64_t> index;
  std::optional<int64_t> now;
  bool json = false;
};

// "valid", or a number that has no name.
std::string name_of(uint8_t status) {
  switch (status) {
    case status::kValid:
      return "valid";
    case status::kInvalid:
      return "invalid";
    case status::kSuspended:
      return "suspended";
    default:
      return std::to_string(status);
  }
}

// The indexes of tokens that are not valid, in JSON or for people.
std::string list_others(const status::StatusList& list, const char* separator) {
  std::string text;
  for (uint64_t i = 0; i < list.size(); ++i) {
    if (list.get(i) == status::kValid) continue;
    text.append(text.empty() ? "" : separator).append(std::to_string(i));
  }
  return text;
}

std::string seconds_or(const std::optional<int64_t>& seconds, const std::string& otherwise) {
  return seconds ? std::to_string(*seconds) : otherwise;
}

std::string json_of(const StatusListToken& token) {
  JsonObjectText json;
  json.add("uri", json_string(token.uri))
      .add("issued", std::to_string(token.issued))
      .add("expires", seconds_or(token.expires, "null"))
      .add("ttl", seconds_or(token.ttl_seconds, "null"))
      .add("bits", std::to_string(token.list.bits()))
      .add("size", std::to_string(token.list.size()))
      .add("not_valid", '[' + list_others(token.list, ",") + ']');
  return json.text();
}

std::string text_of(const StatusListToken& token, int64_t now) {
  Details details;
  details.add("uri", token.uri);
  details.add("issued", utc_and_distance(token.issued, now));
  details.add("expires", token.expires ? utc_and_distance(*token.expires, now) : "");
  details.add("fetch again", token.ttl_seconds ? "after " + span_of_time(*token.ttl_seconds) : "");
  details.add("tokens", with_thousands(token.list.size()) + ", of " +
                            std::to_string(token.list.bits()) + " bits each");
  details.add("not valid", list_others(token.list, " "));
  return details.text();
}

// Returns the exit status.
int status_list(const Arguments& arguments) {
  const KeySet keys = read_verification_keys(arguments.key);
  const FileBytes file = read_file(arguments.file, kDocumentBytesMax);
  const int64_t now = arguments.now.value_or(system_now());
  const absl::StatusOr<StatusListToken> token = status::read_status_list(
      without_line_end(file.view()), arguments.uri, keys, kListBytesMax, kLeewaySeconds, now);
  if (!token.ok()) {
    tell("simdjwt status-list: " + std::string(token.status().message()));
    return 1;
  }
  if (!arguments.index) {
    print(arguments.json ? json_of(*token) + '\n' : text_of(*token, now));
    return 0;
  }
  const std::optional<uint8_t> found = token->list.get(*arguments.index);
  if (!found) {
    tell("simdjwt status-list: the list has no such index");
    return 1;
  }
  const std::string name = name_of(*found);
  print(arguments.json ? JsonObjectText().add("status", json_string(name)).text() + '\n'
                       : name + '\n');
  return *found == status::kValid ? 0 : 1;
}

}  // namespace

void add_to(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("status-list", "Read what an issuer's status list says");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->file, "The list; without it, standard input");
  add_key_options(*command, arguments->key);
  add_issuer_options(*command, arguments->key.issuer);
  command->add_option("--uri", arguments->uri, "Where it was found")->type_name("URI")->required();
  command->add_option("--index", arguments->index, "Tell the status of one token")
      ->type_name("NUMBER");
  add_now_option(*command, arguments->now);
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->group("Commands");
  command->footer(kFooter);
  command->callback([arguments, &exit_status] { exit_status = status_list(*arguments); });
}

}  // namespace simdjwt::cli::status_list_command
