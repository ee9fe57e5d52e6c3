// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What explains verdicts. Nothing here decides one.

#include <absl/strings/str_cat.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "registry/account_key.h"
#include "registry/jti.h"
#include "registry/rows.h"
#include "registry/store.h"
#include "simdjwt/token.h"
#include "simdjwt/verifier.h"
#include "words/json_members.h"

namespace simdjwt::registry {
namespace {

bool has_signed(Algorithm algorithm, std::string_view secret, std::string_view token,
                Scratch& scratch) {
  absl::StatusOr<Key> key = key_of(algorithm, secret);
  if (!key.ok()) return false;
  const Verifier verifier(KeySet::of(*std::move(key)), Policy::signature_only());
  return bool{verifier.verify(token, scratch, 0)};
}

// Some take a secret for base64url, though it is text.
bool has_signed_decoded(std::string_view secret, std::string_view token, Scratch& scratch) {
  std::array<uint8_t, kSecretChars> chars{};
  std::array<uint8_t, kSecretChars / 4 * 3> bytes{};
  std::ranges::transform(secret, chars.begin(), [](char c) {
    return static_cast<uint8_t>(c == '-' ? '+' : c == '_' ? '/' : c);
  });
  const int size = EVP_DecodeBlock(bytes.data(), chars.data(), static_cast<int>(chars.size()));
  const bool signs = size > 0 && has_signed(Algorithm::kHs256,
                                            {reinterpret_cast<const char*>(bytes.data()),
                                             static_cast<size_t>(size)},
                                            token, scratch);
  OPENSSL_cleanse(chars.data(), chars.size());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return signs;
}

std::string unverified_jti(std::string_view token) {
  const absl::StatusOr<UnverifiedToken> unverified = decode_unverified(token);
  if (!unverified.ok()) return {};
  const std::vector<words::JsonMember> claims = words::json_members(unverified->payload);
  const words::JsonMember* jti = words::find_member(claims, "jti");
  return jti == nullptr ? "" : jti->string().value_or("");
}

absl::StatusOr<std::optional<TokenSigner>> find_signer_in(Database& database, const Vault& vault,
                                                          AccountId account,
                                                          std::string_view token) {
  const absl::StatusOr<Account> owner = load_account(database, account);
  if (!owner.ok()) return owner.status();
  Scratch scratch;
  Statement rows = database.query(
      absl::StrCat(kSelectSecrets, "WHERE account = ? ORDER BY generation DESC"), account);
  while (rows.next()) {
    const absl::StatusOr<SigningSecret> secret = signing_secret_of(rows, vault, account);
    if (!secret.ok()) return secret.status();
    const SecretInfo& info = secret->info;
    const std::string_view text = secret->text.view();
    if (has_signed(info.algorithm, text, token, scratch)) return TokenSigner{*owner, info};
    if (is_hmac(info.algorithm) && has_signed_decoded(text, token, scratch)) {
      return TokenSigner{*owner, info, true};
    }
  }
  if (!rows.status().ok()) return rows.status();
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::pair<Account, Server>> Store::find_server_of_any(std::string_view name) {
  Statement row = database_.query("SELECT account FROM servers WHERE name = ?", name);
  if (absl::Status s = row.only_row(no_such("server", name)); !s.ok()) return s;
  absl::StatusOr<Account> account = load_account(database_, row.integer(0));
  if (!account.ok()) return account.status();
  absl::StatusOr<Server> server = find_server(account->id, name);
  if (!server.ok()) return server.status();
  return std::pair(*std::move(account), *std::move(server));
}

absl::StatusOr<std::optional<Account>> Store::find_owner(std::string_view jti) {
  const std::optional<TokenIndex> index = index_of_jti(jti);
  if (!index) return std::nullopt;
  Statement row = database_.query("SELECT account FROM tokens WHERE idx = ? AND jti = ?",
                                  static_cast<int64_t>(*index), jti);
  if (!row.next()) {
    if (!row.status().ok()) return row.status();
    return std::nullopt;
  }
  absl::StatusOr<Account> owner = load_account(database_, row.integer(0));
  if (!owner.ok()) return owner.status();
  return *std::move(owner);
}

absl::StatusOr<std::optional<TokenSigner>> Store::find_signer(AccountId account,
                                                              std::string_view token) {
  absl::StatusOr<std::optional<TokenSigner>> signer = std::nullopt;
  const absl::Status status = read([&]() -> absl::Status {
    signer = find_signer_in(database_, vault_, account, token);
    if (!signer.ok() || signer->has_value()) return signer.status();
    const absl::StatusOr<std::optional<Account>> owner = find_owner(unverified_jti(token));
    if (!owner.ok()) return owner.status();
    if (!owner->has_value() || (*owner)->id == account) return absl::OkStatus();
    signer = find_signer_in(database_, vault_, (*owner)->id, token);
    return signer.status();
  });
  if (!status.ok()) return status;
  return signer;
}

absl::StatusOr<std::optional<NotBefore>> Store::find_not_before(AccountId account,
                                                                std::string_view iss,
                                                                std::string_view sub) {
  const auto number = [](EpochScope scope) { return static_cast<int64_t>(scope); };
  Statement row = database_.query(
      "SELECT scope, not_before FROM epochs WHERE scope = ? OR (scope = ? AND name = ?) "
      "OR (scope = ? AND account = ?) OR (scope = ? AND account = ? AND name = ?) "
      "ORDER BY not_before DESC LIMIT 1",
      number(EpochScope::kAll), number(EpochScope::kIssuer), iss, number(EpochScope::kAccount),
      account, number(EpochScope::kSubject), account, sub);
  if (row.next()) return NotBefore{static_cast<EpochScope>(row.integer(0)), row.integer(1)};
  if (!row.status().ok()) return row.status();
  return std::nullopt;
}

absl::StatusOr<std::optional<int64_t>> Store::find_foreign_revocation(AccountId account,
                                                                      std::string_view jti) {
  Statement row = database_.query(
      "SELECT created FROM foreign_revocations WHERE account = ? AND jti = ?", account, jti);
  if (row.next()) return row.integer(0);
  if (!row.status().ok()) return row.status();
  return std::nullopt;
}

}  // namespace simdjwt::registry
