// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cmd_keygen.h"

#include <simdjwt/base64url.h>
#include <simdjwt/key.h>
#include <simdjwt/limits.h>

#include <memory>
#include <optional>
#include <string>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/key_input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/random.h"
#include "cli/words.h"
#include "registry/key_maker.h"

namespace simdjwt::cli::keygen_command {
namespace {

constexpr char kFooter[] =
    "Formats:\n"
    "  jwk     one JSON Web Key: for --jwk-file, and for other programs\n"
    "  jwks    a JSON Web Key Set with that key in it\n"
    "  pem     a private key for --key-file, not of HS256, HS384 and HS512\n"
    "  secret  text, whose characters are the key as they stand: for --secret-file;\n"
    "          of HS256, HS384 and HS512 only\n"
    "\n"
    "Files are readable by their owner alone, but for that of --public-out.\n"
    "\n"
    "Examples:\n"
    "  simdjwt keygen --out key.jwk\n"
    "  simdjwt keygen --alg ES256 --out key.jwk --public-out public.jwk\n"
    "  simdjwt keygen --alg RS256 --bits 3072 --format pem --out key.pem\n"
    "  simdjwt keygen --alg HS512 --format secret --out secret";

struct Arguments {
  std::string alg = "HS256";
  std::optional<std::string> kid;
  std::optional<unsigned> bits;
  std::string format = "jwk";
  std::string out;
  std::string public_out;
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

std::string formatted(const Arguments& arguments, const std::string& jwk) {
  return arguments.format == "jwks" ? "{\"keys\":[" + jwk + "]}\n" : jwk + '\n';
}

// Whatever is wrong with the kid, better now than in every program that is to read the key.
void check_kid(const Arguments& arguments) {
  if (!arguments.kid) return;
  if (arguments.kid->empty()) throw UsageError("--kid: is empty");
  const std::string jwk = jwk_of(Algorithm::kHs256, *arguments.kid, std::string(64, 'A'));
  const absl::StatusOr<Key> key = Key::from_jwk(jwk);
  if (!key.ok()) throw UsageError("--kid: " + std::string(key.status().message()));
  if (key->kid() != *arguments.kid) throw UsageError("--kid: is not valid UTF-8");
}

void check_format(const Arguments& arguments, Algorithm algorithm) {
  const std::string other = is_hmac(algorithm) ? "secret" : "pem";
  if (arguments.format == other) {
    if (!arguments.kid) return;
    throw UsageError("--kid: a " + std::string(other == "pem" ? "PEM" : other) +
                     " file has no room for a key identifier");
  }
  if (arguments.format == "jwk" || arguments.format == "jwks") return;
  throw UsageError("--format: " + quote(arguments.format) + " is unknown for " + arguments.alg +
                   "; there are jwk, jwks and " + other);
}

void write_key(const Arguments& arguments, const std::string& text, const std::string& summary) {
  if (arguments.out.empty() || arguments.out == "-") return print(text);
  write_secret_file(arguments.out, text, arguments.force ? Existing::kReplace : Existing::kKeep);
  tell(arguments.out + ": " + summary);
}

void make_secret(const Arguments& arguments, Algorithm algorithm) {
  if (!arguments.public_out.empty()) {
    throw UsageError("--public-out: a secret has no public half");
  }
  const std::string secret = base64url_encode(random_bytes(secret_bytes(algorithm)));
  if (arguments.format == "secret") {
    return write_key(arguments, secret + '\n', "a secret for " + arguments.alg);
  }
  const std::string kid = arguments.kid.value_or(random_hex(8));
  write_key(arguments, formatted(arguments, jwk_of(algorithm, kid, secret)),
            "a key for " + arguments.alg + ", kid " + quote(kid));
}

std::string half_text(const Arguments& arguments, const Key& key, KeyHalf half) {
  if (arguments.format == "pem") return key.to_pem(half).value();
  return formatted(arguments, key.to_jwk(half).value());
}

void make_key_pair(const Arguments& arguments, Algorithm algorithm) {
  const absl::StatusOr<Key> made = registry::make_key(
      algorithm, arguments.bits.value_or(registry::kRsaBitsDefault), arguments.kid.value_or(""));
  if (!made.ok()) throw UsageError("the key: " + std::string(made.status().message()));
  const Key& key = *made;
  const std::string of_kid =
      arguments.format == "pem" ? "" : ", kid " + quote(std::string(key.kid()));
  // The public half first: whoever sees the private one can count on both.
  if (!arguments.public_out.empty()) {
    write_public_file(arguments.public_out, half_text(arguments, key, KeyHalf::kPublic),
                      arguments.force ? Existing::kReplace : Existing::kKeep);
    tell(arguments.public_out + ": its public half");
  }
  write_key(arguments, half_text(arguments, key, KeyHalf::kPrivate),
            "a private key for " + arguments.alg + of_kid);
}

void keygen(const Arguments& arguments) {
  const Algorithm algorithm = parse_algorithm_option(arguments.alg);
  check_format(arguments, algorithm);
  check_kid(arguments);
  if (arguments.bits && !registry::is_rsa(algorithm)) {
    throw UsageError("--bits: is for keys of RSA; others have one length");
  }
  is_hmac(algorithm) ? make_secret(arguments, algorithm) : make_key_pair(arguments, algorithm);
}

}  // namespace

void add_to(CLI::App& app) {
  CLI::App* command = app.add_subcommand("keygen", "Make a random key");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("--alg", arguments->alg, "HS256 (if not given), RS256, ES256, Ed25519 ...")
      ->type_name("ALG");
  add_text_option(*command, "--kid", arguments->kid,
                  "The key's identifier; if not given, its RFC 7638\n"
                  "thumbprint, or of a secret a random one")
      ->type_name("KID");
  command->add_option("--format", arguments->format, "jwk (if not given), jwks, pem or secret")
      ->type_name("FORMAT");
  command->add_option("--out", arguments->out, "The file to make, instead of standard output")
      ->type_name("FILE");
  command
      ->add_option("--public-out", arguments->public_out,
                   "Another file to make, for the public half alone")
      ->type_name("FILE");
  command->add_option("--bits", arguments->bits, "The length of an RSA key: 2048 if not given")
      ->type_name("N")
      ->check(CLI::Range(unsigned{kRsaBitsMin}, unsigned{kRsaBitsMax}).description(""));
  command->add_flag("--force", arguments->force, "Replace the file if it exists");
  command->group("Commands");
  command->footer(kFooter);
  command->callback([arguments] { keygen(*arguments); });
}

}  // namespace simdjwt::cli::keygen_command
