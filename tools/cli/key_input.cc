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
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

void check_key_options(const KeyInput& input) {
  std::vector<std::string> given;
  if (input.secret_file) given.emplace_back("--secret-file");
  if (input.jwk_file) given.emplace_back("--jwk-file");
  if (input.key_file) given.emplace_back("--key-file");
  if (input.issuer.jwks_url) given.emplace_back("--jwks-url");
  if (input.issuer.issuer) given.emplace_back("--issuer");
  if (given.empty()) throw UsageError("a key is needed: --jwk-file, --key-file or --secret-file");
  if (given.size() > 1) throw UsageError(given[0] + " and " + given[1] + " exclude each other");
  if (!input.algs.empty()) return;
  if (input.alg->count() > 0) throw UsageError("--alg: names no algorithm");
  if (input.secret_file) {
    throw UsageError("--secret-file needs --alg: a secret names no algorithm");
  }
  if (input.key_file) {
    throw UsageError("--key-file needs --alg: PEM and DER name no algorithm");
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

// A line end behind text was put there by an editor; random bytes may happen to end like that.
void warn_if_line_end_may_be_secret(const std::string& path, std::string_view text) {
  const std::string_view secret = without_line_end(text);
  if (secret.size() == text.size() || printable(secret) == secret) return;
  warn(shown_path(path) +
       ": the line end is not taken for a part of the secret, which is no text; "
       "put another behind it if it is one");
}

FileBytes read_secret(const std::string& path) {
  warn_if_readable_by_others(path);
  // The longest secret, a line end, and a byte more by which Key::hmac sees that it is too long.
  FileBytes file = read_file_prefix(path, kHmacKeyBytesMax + 3);
  warn_if_line_end_may_be_secret(path, file.view());
  return file;
}

// Of a file whose public keys everyone may read.
void warn_if_others_can_sign(const std::string& path, const KeySet& keys) {
  for (size_t i = 0; i < keys.num_keys(); ++i) {
    if (keys.key(i).can_sign()) return warn_if_readable_by_others(path);
  }
}

Key hmac_key(const std::string& path, std::string_view secret, Algorithm algorithm,
             const std::string& kid) {
  absl::StatusOr<Key> key = Key::hmac(algorithm, secret, {.kid = kid});
  if (!key.ok()) throw key_failure(path, key.status());
  return *std::move(key);
}

bool is_pem(std::string_view text) { return text.find("-----BEGIN ") != text.npos; }

Key key_of_file(const std::string& path, std::string_view text, Algorithm algorithm,
                const std::string& kid) {
  absl::StatusOr<Key> key = is_pem(text) ? Key::from_pem(algorithm, text, {.kid = kid})
                                         : Key::from_der(algorithm, text, {.kid = kid});
  if (!key.ok()) throw key_failure(path, key.status());
  return *std::move(key);
}

// One for each algorithm: few keys without kid, which always fit into a set.
template <class MakeKey>
KeySet keys_for(const std::vector<Algorithm>& algorithms, MakeKey make_key) {
  KeySetBuilder builder;
  for (const Algorithm algorithm : algorithms) builder.add(make_key(algorithm));
  absl::StatusOr<KeySet> keys = builder.build();
  if (!keys.ok()) throw UsageError("--alg: " + std::string(keys.status().message()));
  return *std::move(keys);
}

KeySet keys_of_secret(const std::string& path, const std::vector<Algorithm>& algorithms) {
  const FileBytes file = read_secret(path);
  return keys_for(algorithms, [&](Algorithm algorithm) {
    return hmac_key(path, without_line_end(file.view()), algorithm, "");
  });
}

KeySet keys_of_file(const std::string& path, const std::vector<Algorithm>& algorithms) {
  const FileBytes file = read_file(path, kPemBytesMax);
  KeySet keys = keys_for(algorithms, [&](Algorithm algorithm) {
    return key_of_file(path, file.view(), algorithm, "");
  });
  warn_if_others_can_sign(path, keys);
  return keys;
}

FileBytes read_jwk_file(const std::string& path) {
  FileBytes file = read_file(path, kJwksBytesMax);
  if (is_pem(file.view())) {
    throw Failure(shown_path(path) + ": is PEM, which --key-file reads, with --alg beside it");
  }
  return file;
}

KeySet keys_of_jwks(const std::string& path, const JwksOptions& options,
                    std::vector<std::string>& skipped) {
  const FileBytes file = read_jwk_file(path);
  absl::StatusOr<KeySet> keys = KeySet::from_jwks(file.view(), options, &skipped);
  for (std::string& reason : skipped) reason.insert(0, shown_path(path) + ": skipped ");
  if (!keys.ok()) throw key_failure(path, keys.status());
  warn_if_others_can_sign(path, *keys);
  return *std::move(keys);
}

}  // namespace

void add_key_options(CLI::App& app, KeyInput& input) {
  add_file_option(app, "--secret-file", input.secret_file,
                  "The key: a file's exact bytes, but for one final\n"
                  "line end. Needs --alg");
  add_file_option(app, "--jwk-file", input.jwk_file,
                  "The key: a JSON Web Key or a set of them (RFC 7517)");
  add_file_option(app, "--key-file", input.key_file,
                  "The key: public, private or a certificate, in PEM\n"
                  "or DER. Needs --alg");
  input.alg = app.add_option("--alg", input.algs,
                             "HS256, RS256, ES256 ..., or several, separated by\n"
                             "commas. JWKs that name another are left out; one\n"
                             "that names none is for that which fits its type")
                  ->type_name("ALG")
                  ->delimiter(',')
                  ->allow_extra_args(false);
}

KeySet read_keys(const KeyInput& input, std::vector<std::string>& skipped) {
  check_key_options(input);
  const std::vector<Algorithm> algorithms = parse_algorithms(input.algs);
  if (input.secret_file) return keys_of_secret(*input.secret_file, algorithms);
  if (input.key_file) return keys_of_file(*input.key_file, algorithms);
  const JwksOptions options = {.algorithms = algorithms};
  return input.jwk_file ? keys_of_jwks(*input.jwk_file, options, skipped)
                        : fetch_keys(input.issuer, options, skipped);
}

KeySet read_verification_keys(const KeyInput& input) {
  std::vector<std::string> skipped;
  KeySet keys = read_keys(input, skipped);
  for (const std::string& reason : skipped) warn(reason);
  return keys;
}

Key read_signing_key(const KeyInput& input, const std::string& kid) {
  check_key_options(input);
  const std::vector<Algorithm> algorithms = parse_algorithms(input.algs);
  if (algorithms.size() > 1) throw UsageError("--alg: a token is signed with one algorithm");
  if (input.secret_file) {
    const FileBytes file = read_secret(*input.secret_file);
    return hmac_key(*input.secret_file, without_line_end(file.view()), algorithms.front(), kid);
  }
  if (input.key_file) {
    warn_if_readable_by_others(*input.key_file);
    const FileBytes file = read_file(*input.key_file, kPemBytesMax);
    return key_of_file(*input.key_file, file.view(), algorithms.front(), kid);
  }
  warn_if_readable_by_others(*input.jwk_file);
  const FileBytes file = read_jwk_file(*input.jwk_file);
  // Of a set, this takes the one key that can be used under these options.
  const auto algorithm = algorithms.empty() ? std::nullopt : std::optional(algorithms.front());
  absl::StatusOr<Key> key = Key::from_jwk(file.view(), algorithm, {.kid = kid});
  if (!key.ok()) throw key_failure(*input.jwk_file, key.status());
  return *std::move(key);
}

Algorithm parse_algorithm_option(const std::string& name) {
  const std::optional<Algorithm> algorithm = parse_algorithm(name);
  if (algorithm) return *algorithm;
  throw UsageError("--alg: " + quote(name) + " is unknown; there are " + list_algorithms());
}

}  // namespace simdjwt::cli
