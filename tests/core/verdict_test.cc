// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/verdict.h>

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace simdjwt::testing {
namespace {

constexpr Verdict verdict_at(size_t value) { return static_cast<Verdict>(value); }

// Values and names are an interface: they stand in logs, metrics and JSON. A new verdict adds a
// line at the end of this table, and none of the others ever changes.
struct Row {
  Verdict verdict;
  const char* name;
  const char* subject;
  VerdictClass verdict_class;
};
constexpr Row kTable[] = {
    {Verdict::kValid, "valid", "", VerdictClass::kValid},
    {Verdict::kTokenTooLarge, "token-too-large", "", VerdictClass::kWrongFormat},
    {Verdict::kNotCompactJws, "not-compact-jws", "", VerdictClass::kWrongFormat},
    {Verdict::kEncryptedToken, "encrypted-token", "", VerdictClass::kWrongFormat},
    {Verdict::kBadBase64url, "bad-base64url", "", VerdictClass::kWrongFormat},
    {Verdict::kHeaderTooLarge, "header-too-large", "", VerdictClass::kBadHeader},
    {Verdict::kBadHeaderJson, "bad-header-json", "", VerdictClass::kBadHeader},
    {Verdict::kDuplicateHeaderName, "duplicate-header-name", "", VerdictClass::kBadHeader},
    {Verdict::kBadHeaderParameter, "bad-header-parameter", "", VerdictClass::kBadHeader},
    {Verdict::kAlgMissing, "alg-missing", "alg", VerdictClass::kBadHeader},
    {Verdict::kAlgNone, "alg-none", "alg", VerdictClass::kBadHeader},
    {Verdict::kAlgUnsupported, "alg-unsupported", "alg", VerdictClass::kBadHeader},
    {Verdict::kCritMalformed, "crit-malformed", "crit", VerdictClass::kBadHeader},
    {Verdict::kCritUnsupported, "crit-unsupported", "crit", VerdictClass::kBadHeader},
    {Verdict::kUnencodedPayload, "unencoded-payload", "b64", VerdictClass::kBadHeader},
    {Verdict::kNoMatchingKey, "no-matching-key", "kid", VerdictClass::kInvalidSignature},
    {Verdict::kAlgMismatch, "alg-mismatch", "alg", VerdictClass::kInvalidSignature},
    {Verdict::kKeyNotYetActive, "key-not-yet-active", "kid", VerdictClass::kInvalidSignature},
    {Verdict::kKeyExpired, "key-expired", "kid", VerdictClass::kInvalidSignature},
    {Verdict::kBadSignatureLength, "bad-signature-length", "", VerdictClass::kInvalidSignature},
    {Verdict::kBadSignature, "bad-signature", "", VerdictClass::kInvalidSignature},
    {Verdict::kBadClaimsJson, "bad-claims-json", "", VerdictClass::kClaimsRejected},
    {Verdict::kDuplicateClaim, "duplicate-claim", "", VerdictClass::kClaimsRejected},
    {Verdict::kBadIss, "bad-iss", "iss", VerdictClass::kClaimsRejected},
    {Verdict::kBadSub, "bad-sub", "sub", VerdictClass::kClaimsRejected},
    {Verdict::kBadAud, "bad-aud", "aud", VerdictClass::kClaimsRejected},
    {Verdict::kBadExp, "bad-exp", "exp", VerdictClass::kClaimsRejected},
    {Verdict::kBadNbf, "bad-nbf", "nbf", VerdictClass::kClaimsRejected},
    {Verdict::kBadIat, "bad-iat", "iat", VerdictClass::kClaimsRejected},
    {Verdict::kBadJti, "bad-jti", "jti", VerdictClass::kClaimsRejected},
    {Verdict::kTypMissing, "typ-missing", "typ", VerdictClass::kClaimsRejected},
    {Verdict::kTypMismatch, "typ-mismatch", "typ", VerdictClass::kClaimsRejected},
    {Verdict::kExpMissing, "exp-missing", "exp", VerdictClass::kClaimsRejected},
    {Verdict::kExpired, "expired", "exp", VerdictClass::kExpired},
    {Verdict::kNotYetValid, "not-yet-valid", "nbf", VerdictClass::kNotYetValid},
    {Verdict::kIssuedInFuture, "issued-in-future", "iat", VerdictClass::kNotYetValid},
    {Verdict::kIatMissing, "iat-missing", "iat", VerdictClass::kClaimsRejected},
    {Verdict::kTooOld, "too-old", "iat", VerdictClass::kExpired},
    {Verdict::kIssMissing, "iss-missing", "iss", VerdictClass::kClaimsRejected},
    {Verdict::kIssMismatch, "iss-mismatch", "iss", VerdictClass::kClaimsRejected},
    {Verdict::kAudMissing, "aud-missing", "aud", VerdictClass::kClaimsRejected},
    {Verdict::kAudMismatch, "aud-mismatch", "aud", VerdictClass::kClaimsRejected},
    {Verdict::kClaimMissing, "claim-missing", "", VerdictClass::kClaimsRejected},
    {Verdict::kClaimForbidden, "claim-forbidden", "", VerdictClass::kClaimsRejected},
    {Verdict::kClaimMismatch, "claim-mismatch", "", VerdictClass::kClaimsRejected},
    {Verdict::kOutOfMemory, "out-of-memory", "", VerdictClass::kUnavailable},
    {Verdict::kKeysUnavailable, "keys-unavailable", "", VerdictClass::kUnavailable},
    {Verdict::kRevoked, "revoked", "", VerdictClass::kRevoked},
    {Verdict::kNotRegistered, "not-registered", "jti", VerdictClass::kClaimsRejected},
    {Verdict::kNotAssociated, "not-associated", "jti", VerdictClass::kClaimsRejected},
    {Verdict::kRefreshToken, "refresh-token", "token_type", VerdictClass::kClaimsRejected},
    {Verdict::kBadStatus, "bad-status", "status", VerdictClass::kClaimsRejected},
    {Verdict::kStatusUnavailable, "status-unavailable", "status", VerdictClass::kUnavailable},
};

TEST(Verdict, HasStableNamesSubjectsAndClasses) {
  ASSERT_EQ(std::size(kTable), kNumVerdicts);
  for (size_t i = 0; i < kNumVerdicts; ++i) {
    const Row& row = kTable[i];
    EXPECT_EQ(static_cast<size_t>(row.verdict), i) << row.name;
    EXPECT_EQ(to_string(row.verdict), row.name);
    EXPECT_EQ(subject_of(row.verdict), row.subject) << row.name;
    EXPECT_EQ(to_string(class_of(row.verdict)), to_string(row.verdict_class)) << row.name;
  }
}

TEST(Verdict, HasUniqueNamesAndSentences) {
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (size_t i = 0; i < kNumVerdicts; ++i) {
    const std::string_view name = to_string(verdict_at(i));
    const std::string_view sentence = describe(verdict_at(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), name.npos) << name;
    ASSERT_FALSE(sentence.empty()) << name;
    EXPECT_TRUE(sentence.front() >= 'A' && sentence.front() <= 'Z') << sentence;
    EXPECT_EQ(sentence.back(), '.') << sentence;
  }
}

TEST(Verdict, OnlyValidIsOfTheValidClass) {
  for (size_t i = 0; i < kNumVerdicts; ++i) {
    EXPECT_EQ(class_of(verdict_at(i)) == VerdictClass::kValid, verdict_at(i) == Verdict::kValid);
  }
}

TEST(VerdictClass, HasUniqueNames) {
  std::set<std::string_view> names;
  for (uint8_t i = 0; i <= static_cast<uint8_t>(VerdictClass::kRevoked); ++i) {
    const std::string_view name = to_string(static_cast<VerdictClass>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(VerdictSet, HoldsWhatWasAdded) {
  VerdictSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.first(), Verdict::kValid);
  set.add(Verdict::kAudMissing);
  set.add(Verdict::kExpired);
  set.add(Verdict::kOutOfMemory);
  EXPECT_FALSE(set.empty());
  EXPECT_EQ(set.first(), Verdict::kExpired);
  for (size_t i = 0; i < kNumVerdicts; ++i) {
    const Verdict verdict = verdict_at(i);
    EXPECT_EQ(set.contains(verdict), verdict == Verdict::kAudMissing ||
                                         verdict == Verdict::kExpired ||
                                         verdict == Verdict::kOutOfMemory);
  }
}

}  // namespace
}  // namespace simdjwt::testing
