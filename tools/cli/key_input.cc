// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/key_input.h"

#include <simdjwt/limits.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/text.h"

namespace simdjwt::cli {
namespace {

void check_key_options(const KeyInput& input) {
  if (!input.secret_file.empty() && !input.jwk_file.empty()) {
    throw UsageError("--secret-file and --jwk-file exclude each other");
  }
  if (input.secret_file.empty() && input.jwk_file.empty()) {
    throw UsageError("a key is needed: --secret-file or --jwk-file");
  }
  if (!input.secret_file.empty() && input.algs.empty()) {
    throw UsageError("--secret-file needs --alg: a secret names no algorithm");
  }
}

std::vector<Algorithm> parse_algorithms(const std::vector<std::string>& names) {
  std::vector<Algorithm> algorithms;
  for (const std::string& name : names) {
    const Algorithm algorithm = parse_algorithm_option(name);
    if (std::ranges::find(algorithms, algorithm) != algorithms.end()) {
      throw UsageError("--alg: " + name + " is named twice");
    }
    algorithms.push_back(algorithm);
  }
  return algorithms;
}

Failure key_failure(const std::string& path, const absl::Status& status) {
  return Failure(shown_path(path) + ": " + std::string(status.message()));
}

FileBytes read_secret(const std::string& path) {
  warn_if_readable_by_others(path);
  // The longest secret, a line end, and a byte more by which Key::hmac sees that it is too long.
  return read_file_prefix(path, kHmacKeyBytesMax + 3);
}

FileBytes read_jwks(const std::string& path) {
  warn_if_readable_by_others(path);
  return read_file(path, kJwksBytesMax);
}

Key hmac_key(const std::string& path, std::string_view secret, Algorithm algorithm,
             const std::string& kid) {
  absl::StatusOr<Key> key = Key::hmac(algorithm, secret, {.kid = kid});
  if (!key.ok()) throw key_failure(path, key.status());
  return *std::move(key);
}

KeySet keys_of_secret(const std::string& path, const std::vector<Algorithm>& algorithms) {
  const FileBytes file = read_secret(path);
  KeySetBuilder builder;
  for (const Algorithm algorithm : algorithms) {
    builder.add(hmac_key(path, without_line_end(file.view()), algorithm, ""));
  }
  return *builder.build();  // of one to three keys without kid, which always fit
}

std::optional<Algorithm> only_one(const std::vector<Algorithm>& algorithms) {
  return algorithms.size() == 1 ? std::optional(algorithms.front()) : std::nullopt;
}

KeySet keys_of_jwks(const std::string& path, const std::vector<Algorithm>& allowed) {
  const FileBytes file = read_jwks(path);
  std::vector<std::string> skipped;
  absl::StatusOr<KeySet> keys =
      KeySet::from_jwks(file.view(), {.fallback = only_one(allowed), .allowed = allowed}, &skipped);
  for (const std::string& reason : skipped) warn(shown_path(path) + ": skipped " + reason);
  if (!keys.ok()) throw key_failure(path, keys.status());
  return *std::move(keys);
}

}  // namespace

void add_key_options(CLI::App& app, KeyInput& input) {
  app.add_option("--secret-file", input.secret_file,
                 "The key: a file's exact bytes, but for one final\n"
                 "line end. Needs --alg")
      ->type_name("FILE");
  app.add_option("--jwk-file", input.jwk_file,
                 "The key: a JSON Web Key or a set of them (RFC 7517)")
      ->type_name("FILE");
  app.add_option("--alg", input.algs,
                 "HS256, HS384, HS512 or several, separated by\n"
                 "commas: the algorithm of keys that name none;\n"
                 "keys that name another are left out")
      ->type_name("ALG")
      ->delimiter(',')
      ->allow_extra_args(false);
}

KeySet read_verification_keys(const KeyInput& input) {
  check_key_options(input);
  const std::vector<Algorithm> algorithms = parse_algorithms(input.algs);
  return input.jwk_file.empty() ? keys_of_secret(input.secret_file, algorithms)
                                : keys_of_jwks(input.jwk_file, algorithms);
}

Key read_signing_key(const KeyInput& input, const std::string& kid) {
  check_key_options(input);
  const std::vector<Algorithm> algorithms = parse_algorithms(input.algs);
  if (algorithms.size() > 1) throw UsageError("--alg: a token is signed with one algorithm");
  if (input.jwk_file.empty()) {
    const FileBytes file = read_secret(input.secret_file);
    return hmac_key(input.secret_file, without_line_end(file.view()), algorithms.front(), kid);
  }
  const FileBytes file = read_jwks(input.jwk_file);
  // Of a set, this takes the one key that can be used under these options.
  absl::StatusOr<Key> key = Key::from_jwk(file.view(), only_one(algorithms), {.kid = kid});
  if (!key.ok()) throw key_failure(input.jwk_file, key.status());
  return *std::move(key);
}

Algorithm parse_algorithm_option(const std::string& name) {
  const std::optional<Algorithm> algorithm = parse_algorithm(name);
  if (algorithm) return *algorithm;
  throw UsageError("--alg: " + quote(name) +
                   " is unknown; there are HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, "
                   "PS512, ES256, ES384, ES512, ES256K, EdDSA, Ed25519 and Ed448");
}

}  // namespace simdjwt::cli
