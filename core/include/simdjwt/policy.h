// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Policy: what a verifier demands of a token whose signature is right.

#ifndef SIMDJWT_POLICY_H_
#define SIMDJWT_POLICY_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt {

namespace internal {
struct PolicyRules;
struct PolicyAccess;
}  // namespace internal

// Immutable; copies share the rules. Thread-safe.
class Policy {
 public:
  // Checks the signature alone (RFC 7515): the payload may be any bytes, and no claim is looked at.
  [[nodiscard]] static Policy signature_only();

  // Every demand, one a line, as build() understood it: "iss: expected \"https://a\"". Allocates.
  [[nodiscard]] std::string describe() const;

  // The claim that rule `index` (see VerifyResult::failed_rules) inspects, and what it demands of
  // it, in words. Views live as long as any copy of the policy.
  [[nodiscard]] std::string_view rule_claim(size_t index) const noexcept;
  [[nodiscard]] std::string_view rule_demand(size_t index) const noexcept;

 private:
  friend class PolicyBuilder;
  friend struct internal::PolicyAccess;
  explicit Policy(std::shared_ptr<const internal::PolicyRules> rules) noexcept;
  std::shared_ptr<const internal::PolicyRules> rules_;
};

// Says what is demanded of a token. For each of iss, aud, typ and exp it must be said whether it is
// expected or not: forgetting one fails in build(), as does saying two things of one, of the
// leeway or of the maximum age. nbf, iat and exp are always honoured when present, and a registered
// claim of the wrong JSON type is always refused. Strings compare byte for byte (RFC 7519 section
// 2, StringOrURI).
class PolicyBuilder {
 public:
  PolicyBuilder();
  ~PolicyBuilder();
  PolicyBuilder(PolicyBuilder&&) noexcept;
  PolicyBuilder& operator=(PolicyBuilder&&) noexcept;

  // --- Issuer (RFC 7519 section 4.1.1) ---
  PolicyBuilder& expect_iss(std::string_view issuer);
  PolicyBuilder& expect_iss_any_of(std::vector<std::string> issuers);  // compared one by one
  // Also where a Verifier has IssuerKeys, be they thousands: by their keys iss is checked already.
  PolicyBuilder& ignore_iss();

  // --- Audience (section 4.1.3) ---
  PolicyBuilder& expect_aud(std::string_view audience);
  PolicyBuilder& expect_aud_any_of(std::vector<std::string> audiences);
  PolicyBuilder& expect_aud_all_of(std::vector<std::string> audiences);
  PolicyBuilder& ignore_aud();

  // --- Type of token (RFC 7515 section 4.1.9, RFC 8725 section 3.11) ---
  // A media type, compared without regard to ASCII case; "application/" may be left out on either
  // side.
  PolicyBuilder& expect_typ(std::string_view typ);
  PolicyBuilder& ignore_typ();

  // --- Time ---
  PolicyBuilder& expect_exp();         // a token without exp is refused
  PolicyBuilder& allow_missing_exp();  // a token without exp is indefinite; revoke it otherwise
  // Clock skew forgiven in exp, nbf, iat and the maximum age, 0 to kLeewaySecondsMax; 0 by default.
  PolicyBuilder& leeway_seconds(int64_t seconds);
  // Refuses tokens issued longer ago, and tokens without iat.
  PolicyBuilder& max_age_seconds(int64_t seconds);

  // --- Any claim; names are compared as written in the JSON, after unescaping ---
  PolicyBuilder& require_claim(std::string_view name);
  PolicyBuilder& forbid_claim(std::string_view name);
  PolicyBuilder& expect_string(std::string_view name, std::string_view value);
  PolicyBuilder& expect_integer(std::string_view name, int64_t value);
  PolicyBuilder& expect_boolean(std::string_view name, bool value);
  // The claim is a string out of `values`, or an array that holds at least one of them.
  PolicyBuilder& expect_any_of(std::string_view name, std::vector<std::string> values);
  // The claim is a string of blank-separated words (RFC 8693 section 4.2), or an array of strings,
  // that holds `word`.
  PolicyBuilder& expect_scope(std::string_view name, std::string_view word);

  // Goes on after the first failed claim check, so that VerifyResult::failures() holds all of them.
  // For diagnosis; the verdict is the same as without.
  PolicyBuilder& collect_all_failures();

  // Fails for a demand that is missing, contradictory, empty or out of bounds; says which.
  // The builder may be used on.
  [[nodiscard]] absl::StatusOr<Policy> build() const;

 private:
  std::unique_ptr<internal::PolicyRules> rules_;
  std::vector<std::string> mistakes_;
  bool is_leeway_said_ = false;
};

}  // namespace simdjwt

#endif  // SIMDJWT_POLICY_H_
