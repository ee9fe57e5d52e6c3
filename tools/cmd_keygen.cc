// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_keygen.h"

#include <simdjwt/key.h>

#include <memory>
#include <optional>
#include <string>

#include "cli/base64url.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/json_members.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/random.h"
#include "cli/text.h"

namespace simdjwt::cli {
namespace {

constexpr char kFooter[] =
    "Formats:\n"
    "  jwk     one JSON Web Key: for --jwk-file, and for other programs\n"
    "  jwks    a JSON Web Key Set with that key in it\n"
    "  secret  text, whose characters are the key as they stand: for --secret-file\n"
    "\n"
    "Files are readable by their owner alone.\n"
    "\n"
    "Examples:\n"
    "  simdjwt keygen --out key.jwk\n"
    "  simdjwt keygen --alg HS512 --format secret --out secret";

struct Arguments {
  std::string alg = "HS256";
  std::optional<std::string> kid;
  std::string format = "jwk";
  std::string out;
  bool force = false;
};

// At least the hash's length (RFC 7518 section 3.2), and a multiple of three where that leaves
// base64url without a remainder.
size_t secret_bytes(Algorithm algorithm) { return algorithm == Algorithm::kHs512 ? 64 : 48; }

std::string jwk_of(Algorithm algorithm, const std::string& kid, const std::string& secret) {
  return JsonObjectText()
      .add("kty", json_string("oct"))
      .add("kid", json_string(kid))
      .add("alg", json_string(to_string(algorithm)))
      .add("use", json_string("sig"))
      .add("k", json_string(secret))
      .text();
}

std::string make_jwk(const Arguments& arguments, Algorithm algorithm, const std::string& kid,
                     const std::string& secret) {
  const std::string jwk = jwk_of(algorithm, kid, secret);
  // Whatever is wrong with the kid, better now than in every program that is to read the key.
  const absl::StatusOr<Key> key = Key::from_jwk(jwk);
  if (!key.ok()) throw UsageError("--kid: " + std::string(key.status().message()));
  if (kid.empty()) throw UsageError("--kid: is empty");
  if (key->kid() != kid) throw UsageError("--kid: is not valid UTF-8");
  return arguments.format == "jwks" ? "{\"keys\":[" + jwk + "]}" : jwk;
}

void write_key(const Arguments& arguments, const std::string& key, const std::string& summary) {
  if (arguments.out.empty() || arguments.out == "-") {
    print(key + '\n');
    return;
  }
  write_secret_file(arguments.out, key + '\n',
                    arguments.force ? Existing::kReplace : Existing::kKeep);
  tell(arguments.out + ": " + summary);
}

void keygen(const Arguments& arguments) {
  const Algorithm algorithm = parse_algorithm_option(arguments.alg);
  if (!is_hmac(algorithm)) throw UsageError("--alg: keygen makes keys for HS256, HS384 and HS512");
  const std::string secret = base64url_encode(random_bytes(secret_bytes(algorithm)));
  if (arguments.format == "secret") {
    if (arguments.kid) throw UsageError("--kid: a secret file has no room for a key identifier");
    write_key(arguments, secret, "a secret for " + arguments.alg);
  } else if (arguments.format == "jwk" || arguments.format == "jwks") {
    const std::string kid = arguments.kid.value_or(random_hex(8));
    write_key(arguments, make_jwk(arguments, algorithm, kid, secret),
              "a key for " + arguments.alg + ", kid " + quote(kid));
  } else {
    throw UsageError("--format: " + quote(arguments.format) +
                     " is unknown; there are jwk, jwks and secret");
  }
}

}  // namespace

void add_keygen_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("keygen", "Make a random key");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("--alg", arguments->alg, "HS256 (if not given), HS384 or HS512")
      ->type_name("ALG");
  add_text_option(*command, "--kid", arguments->kid, "The key's identifier; random if not given")
      ->type_name("KID");
  command->add_option("--format", arguments->format, "jwk (if not given), jwks or secret")
      ->type_name("FORMAT");
  command->add_option("--out", arguments->out, "The file to make, instead of standard output")
      ->type_name("FILE");
  command->add_flag("--force", arguments->force, "Replace the file if it exists");
  command->group("Commands");
  command->footer(kFooter);
  command->callback([arguments] { keygen(*arguments); });
}

}  // namespace simdjwt::cli
