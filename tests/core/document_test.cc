// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>
#include <simdjwt/document.h>
#include <simdjwt/signer.h>

#include "support/asymmetric_keys.h"
#include "support/fixtures.h"

namespace simdjwt::testing {
namespace {

constexpr char kTyp[] = "list+jwt";

Signer make_document_signer(std::string_view jwk = kP256Jwk,
                            Algorithm algorithm = Algorithm::kEs256, std::string kid = "k",
                            std::string_view typ = kTyp) {
  return Signer::create(make_jwk_key(jwk, algorithm, std::move(kid)), typ).value();
}

KeySet keys_of(std::string kid = "k", std::string_view jwk = kP256Jwk,
               Algorithm algorithm = Algorithm::kEs256) {
  return KeySet::of(make_jwk_key(public_jwk(jwk), algorithm, std::move(kid)));
}

Verdict judge(std::string_view document, const KeySet& keys = keys_of()) {
  std::string payload = "untouched";
  const Verdict verdict = verify_document(keys, payload, document, kTyp, kNow);
  if (verdict != Verdict::kValid) {
    EXPECT_EQ(payload, "untouched");
  }
  return verdict;
}

TEST(Document, IsVerifiedByEveryAsymmetricAlgorithm) {
  for (const auto& [algorithm, jwk] : kAlgorithmKeys) {
    std::string payload;
    EXPECT_EQ(
        verify_document(keys_of("k", jwk, algorithm), payload,
                        make_document_signer(jwk, algorithm).sign_document("any bytes").value(),
                        kTyp, kNow),
        Verdict::kValid)
        << to_string(algorithm);
    EXPECT_EQ(payload, "any bytes");
  }
}

TEST(Document, MayBeLargerThanAnyToken) {
  const std::string text(1'000'000, 'x');
  std::string payload;
  EXPECT_FALSE(make_document_signer().sign_payload(text).ok());
  EXPECT_EQ(verify_document(keys_of(), payload, make_document_signer().sign_document(text).value(),
                            kTyp, kNow),
            Verdict::kValid);
  EXPECT_EQ(payload, text);
  EXPECT_FALSE(make_document_signer().sign_document(std::string(kDocumentBytesMax, 'x')).ok());
  EXPECT_EQ(judge(std::string(kDocumentBytesMax + 1, 'x')), Verdict::kTokenTooLarge);
}

TEST(Document, IsRefusedWhereAnyCharacterIsAnother) {
  const std::string document = make_document_signer().sign_document("{}").value();
  ASSERT_EQ(judge(document), Verdict::kValid);
  for (size_t i = 0; i < document.size(); ++i) {
    std::string altered = document;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(judge(altered), Verdict::kValid) << i;
  }
  EXPECT_NE(judge(document + "A"), Verdict::kValid);
}

TEST(Document, HasThreePartsOfBase64url) {
  const std::string document = make_document_signer().sign_document("{}").value();
  const std::string header = document.substr(0, document.find('.'));
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), header, header + ".e30",
        header + ".e30.", "." + document, document + ".", document + ".e30"}) {
    EXPECT_EQ(judge(text), Verdict::kNotCompactJws) << text;
  }
  EXPECT_EQ(judge(document + "="), Verdict::kBadBase64url);
  EXPECT_EQ(judge(' ' + document), Verdict::kBadBase64url);
  std::string with_long_header(kHeaderCharsMax + 1, 'e');
  with_long_header += ".e30.e30";
  EXPECT_EQ(judge(with_long_header), Verdict::kHeaderTooLarge);
}

TEST(Document, IsOfTheTypeThatIsAskedFor) {
  const auto document = [](std::string_view typ) {
    return make_document_signer(kP256Jwk, Algorithm::kEs256, "k", typ).sign_document("{}").value();
  };
  EXPECT_EQ(judge(document("application/LIST+jwt")), Verdict::kValid);
  EXPECT_EQ(judge(document("JWT")), Verdict::kTypMismatch);
  EXPECT_EQ(judge(document("")), Verdict::kTypMissing);
}

TEST(Document, IsJudgedByTheKeyThatItNames) {
  const std::string document = make_document_signer().sign_document("{}").value();
  EXPECT_EQ(judge(document, KeySet::unavailable()), Verdict::kKeysUnavailable);
  EXPECT_EQ(judge(document, keys_of("other")), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge(document, keys_of("")), Verdict::kValid);
  EXPECT_EQ(judge(document, keys_of("k", kEd25519Jwk, Algorithm::kEdDsa)), Verdict::kAlgMismatch);
  const auto judge_in = [&](KeyPeriod period) {
    return judge(document, KeySet::of(Key::from_jwk(public_jwk(kP256Jwk), Algorithm::kEs256,
                                                    {.kid = "k", .period = period})
                                          .value()));
  };
  EXPECT_EQ(judge_in({.not_before = kNow}), Verdict::kValid);
  EXPECT_EQ(judge_in({.not_before = kNow + 1}), Verdict::kKeyNotYetActive);
  EXPECT_EQ(judge_in({.not_after = kNow}), Verdict::kKeyExpired);
}

// Whoever can verify an HMAC could have made it: nobody publishes such.
TEST(Document, IsNeverSignedByASharedSecret) {
  const Signer signer = Signer::create(make_key(kSecret, "k"), kTyp).value();
  EXPECT_FALSE(signer.sign_document("{}").ok());
  EXPECT_EQ(judge(signer.sign_payload("{}").value(), KeySet::of(make_key(kSecret, "k"))),
            Verdict::kAlgMismatch);
}

}  // namespace
}  // namespace simdjwt::testing
