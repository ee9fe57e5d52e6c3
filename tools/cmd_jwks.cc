// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_jwks.h"

#include <simdjwt/key_set.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/issuer_input.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/words.h"

namespace simdjwt::cli::jwks_command {
namespace {

constexpr char kFooter[] =
    "Actions:\n"
    "  list        one line a key: alg, kid, what it can do, thumbprint\n"
    "  thumbprint  one line a key: its SHA-256 thumbprint (RFC 7638)\n"
    "  convert     the keys as a JWK Set, or in another --format; public halves only,\n"
    "              but with --private\n"
    "  check       nothing for keys that can be used, a line for each that cannot\n"
    "\n"
    "Exit status: 0 done, 1 check found a key that cannot be used, 2 wrong usage or\n"
    "configuration.\n"
    "\n"
    "Examples:\n"
    "  simdjwt jwks list --issuer https://a.example\n"
    "  simdjwt jwks convert --key-file private.pem --alg RS256 > public.jwks\n"
    "  simdjwt jwks convert --jwk-file key.jwk --format pem --private --out key.pem\n"
    "  simdjwt jwks check --jwk-file keys.jwks";

struct Arguments {
  std::string action;
  KeyInput key;
  std::string format = "jwks";
  std::string out;
  bool is_private = false;
  bool force = false;
};

std::string value_or_throw(absl::StatusOr<std::string> text, const Key& key) {
  if (text.ok()) return *std::move(text);
  throw Failure("the key " + quote(std::string(key.kid())) + ": " +
                std::string(text.status().message()));
}

std::string list_line(const Key& key) {
  const bool is_secret = is_hmac(key.algorithm());
  const char* const kind = is_secret ? "secret" : key.can_sign() ? "private" : "public";
  const std::string kid = key.kid().empty() ? "-" : quote(std::string(key.kid()));
  return std::string(to_string(key.algorithm())) + ' ' + kid + ' ' + kind + ' ' +
         (is_secret ? "-" : key.thumbprint().value()) + '\n';
}

std::string converted(const KeySet& keys, const Arguments& arguments) {
  const KeyHalf half = arguments.is_private ? KeyHalf::kPrivate : KeyHalf::kPublic;
  if (arguments.format == "jwks") {
    std::string set = "{\"keys\":[";
    for (size_t i = 0; i < keys.num_keys(); ++i) {
      if (i > 0) set += ',';
      set += value_or_throw(keys.key(i).to_jwk(half), keys.key(i));
    }
    return set + "]}\n";
  }
  if (arguments.format != "jwk" && arguments.format != "pem") {
    throw UsageError("--format: " + quote(arguments.format) +
                     " is unknown; there are jwk, jwks and pem");
  }
  if (keys.num_keys() != 1) {
    throw UsageError("--format: there are " + std::to_string(keys.num_keys()) +
                     " keys, and only a set (jwks) holds more than one");
  }
  const Key& key = keys.key(0);
  return arguments.format == "pem" ? value_or_throw(key.to_pem(half), key)
                                   : value_or_throw(key.to_jwk(half), key) + '\n';
}

void convert(const KeySet& keys, const Arguments& arguments) {
  const std::string text = converted(keys, arguments);
  if (arguments.out.empty() || arguments.out == "-") return print(text);
  const auto write = arguments.is_private ? write_secret_file : write_public_file;
  write(arguments.out, text, arguments.force ? Existing::kReplace : Existing::kKeep);
}

// Returns the exit status.
int run(const CLI::App& app, const Arguments& arguments) {
  if (arguments.action != "convert") {
    for (const char* option : {"--format", "--private", "--out", "--force"}) {
      if (app.count(option) > 0) throw UsageError(std::string(option) + ": is for convert");
    }
  }
  std::vector<std::string> skipped;
  const KeySet keys = read_keys(arguments.key, skipped);
  if (arguments.action == "check") {
    for (const std::string& reason : skipped) print(printable(reason) + '\n');
    return skipped.empty() ? 0 : 1;
  }
  for (const std::string& reason : skipped) warn(reason);
  if (arguments.action == "convert") {
    convert(keys, arguments);
    return 0;
  }
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    const Key& key = keys.key(i);
    print(arguments.action == "list" ? list_line(key)
                                     : value_or_throw(key.thumbprint(), key) + '\n');
  }
  return 0;
}

}  // namespace

void add_to(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("jwks", "Show, convert and check keys");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("ACTION", arguments->action, "list, thumbprint, convert or check")
      ->required()
      ->check([](const std::string& action) {
        for (const char* known : {"list", "thumbprint", "convert", "check"}) {
          if (action == known) return std::string();
        }
        return quote(action) + " is unknown; there are list, thumbprint, convert and check";
      });
  add_key_options(*command, arguments->key);
  add_issuer_options(*command, arguments->key.issuer);
  command->add_option("--format", arguments->format, "jwks (if not given), jwk or pem")
      ->type_name("FORMAT");
  command->add_flag("--private", arguments->is_private, "Write private keys whole");
  command->add_option("--out", arguments->out, "The file to make, instead of standard output")
      ->type_name("FILE");
  command->add_flag("--force", arguments->force, "Replace the file if it exists");
  command->group("Commands");
  command->footer(kFooter);
  command->callback(
      [command, arguments, &exit_status] { exit_status = run(*command, *arguments); });
}

}  // namespace simdjwt::cli::jwks_command
