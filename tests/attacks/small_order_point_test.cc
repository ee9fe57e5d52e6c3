// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. On the curves of EdDSA a few points have a small order. Under such a public key
// anyone can sign: with the neutral element as key and as R, and S = 0, the equation holds for
// every message, and libcrypto accepts it (measured, OpenSSL 3.0). Points also have further
// encodings, with y at or beyond the prime, and with a small part added to a good one, by which one
// key gets several names.
//
// The defence. A key is a point in its canonical encoding and in the group of the base point; that
// is checked once, when it is loaded. A signature's S is below the order, and for Ed25519 its R is
// not of small order either.

#include <gtest/gtest.h>
#include <sodium.h>

#include "support/hex.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

// All points of small order on edwards25519: canonical, with the sign of an x that is 0, and with
// y + p.
constexpr const char* kSmallOrderPoints[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",  // 1
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // 2
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // 8
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p + 1
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

bool is_key(std::string_view curve, std::string_view point) {
  const std::string jwk =
      R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + base64url(point) + R"("})";
  const bool as_eddsa = Key::from_jwk(jwk, Algorithm::kEdDsa).ok();
  const Algorithm own = curve == "Ed448" ? Algorithm::kEd448 : Algorithm::kEd25519;
  EXPECT_EQ(Key::from_jwk(jwk, own).ok(), as_eddsa);
  return as_eddsa;
}

std::string public_point(std::string_view jwk) {
  const size_t begin = jwk.find(R"("x":")") + 5;
  const std::string_view text = jwk.substr(begin, jwk.find('"', begin) - begin);
  std::string point(57, '\0');
  size_t num_bytes = 0;
  EXPECT_EQ(sodium_base642bin(reinterpret_cast<uint8_t*>(point.data()), point.size(), text.data(),
                              text.size(), nullptr, &num_bytes, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING),
            0);
  point.resize(num_bytes);
  return point;
}

TEST(SmallOrderPoint, IsNoEd25519Key) {
  EXPECT_TRUE(is_key("Ed25519", public_point(kEd25519Jwk)));
  for (const char* point : kSmallOrderPoints) {
    EXPECT_FALSE(is_key("Ed25519", from_hex(point))) << point;
  }
}

TEST(SmallOrderPoint, IsNoEd448Key) {
  EXPECT_TRUE(is_key("Ed448", public_point(kEd448Jwk)));
  const std::string zeros(56, '\0');
  const std::string p = std::string(28, '\xff') + '\xfe' + std::string(27, '\xff');
  const std::string p_minus_1 = '\xfe' + p.substr(1);
  const std::string one = '\x01' + zeros.substr(1);
  for (const std::string& y : {zeros, one, p_minus_1, p}) {
    EXPECT_FALSE(is_key("Ed448", y + '\0')) << to_hex(y);
    EXPECT_FALSE(is_key("Ed448", y + '\x80')) << to_hex(y);
  }
}

TEST(SmallOrderPoint, AddedToAKeyMakesNoOther) {
  const std::string point = public_point(kEd25519Jwk);
  const auto as_bytes = [](const std::string& text) {
    return reinterpret_cast<const uint8_t*>(text.data());
  };
  for (size_t i = 4; i < 8; ++i) {  // of order 2 and 8, canonical
    std::string mixed(32, '\0');
    const std::string small = from_hex(kSmallOrderPoints[i == 5 ? 8 : i]);
    ASSERT_EQ(crypto_core_ed25519_add(reinterpret_cast<uint8_t*>(mixed.data()), as_bytes(point),
                                      as_bytes(small)),
              0);
    EXPECT_FALSE(is_key("Ed25519", mixed)) << i;
  }
}

TEST(SmallOrderPoint, OfNoCurveIsNoKey) {
  // y = 2 has no x on edwards25519; neither has y = 3 on edwards448.
  EXPECT_FALSE(is_key("Ed25519", '\x02' + std::string(31, '\0')));
  EXPECT_FALSE(is_key("Ed25519", std::string(32, '\xff')));
  EXPECT_FALSE(is_key("Ed448", std::string(57, '\xff')));
  for (const size_t length : {0u, 31u, 33u, 57u}) {
    EXPECT_FALSE(is_key("Ed25519", public_point(kEd25519Jwk).append(57, '\0').substr(0, length)))
        << length;
  }
}

TEST(SmallOrderPoint, AsRIsRefusedUnderAGoodKey) {
  SignatureJudge judge(kEd25519Jwk, Algorithm::kEd25519);
  const std::string token = sign_with(kEd25519Jwk, Algorithm::kEd25519, kClaims);
  EXPECT_EQ(judge(token), Verdict::kValid);
  const std::string s = signature_of(token).substr(32);
  for (const char* point : kSmallOrderPoints) {
    EXPECT_EQ(judge(with_signature(token, from_hex(point) + std::string(32, '\0'))),
              Verdict::kBadSignature);
    EXPECT_EQ(judge(with_signature(token, from_hex(point) + s)), Verdict::kBadSignature);
  }
}

TEST(SmallOrderPoint, PrehashedSignaturesAreOfAnotherScheme) {
  // Ed25519ph signs the same bytes with the same key (RFC 8032 section 5.1); JWS has no name for
  // it.
  const std::string token = sign_with(kEd25519Jwk, Algorithm::kEd25519, kClaims);
  const std::string input = token.substr(0, token.rfind('.'));
  crypto_sign_state state;
  crypto_sign_init(&state);
  crypto_sign_update(&state, reinterpret_cast<const uint8_t*>(input.data()), input.size());
  std::array<uint8_t, 32> seed = {1};
  std::array<uint8_t, 32> point;
  std::array<uint8_t, 64> secret;
  crypto_sign_seed_keypair(point.data(), secret.data(), seed.data());
  std::string signature(64, '\0');
  auto* const out = reinterpret_cast<uint8_t*>(signature.data());
  crypto_sign_final_create(&state, out, nullptr, secret.data());
  const std::string jwk = R"({"kty":"OKP","crv":"Ed25519","x":")" +
                          base64url({reinterpret_cast<const char*>(point.data()), point.size()}) +
                          R"("})";
  SignatureJudge judge(Key::from_jwk(jwk, Algorithm::kEd25519).value());
  EXPECT_EQ(judge(with_signature(token, signature)), Verdict::kBadSignature);
  crypto_sign_detached(out, nullptr, reinterpret_cast<const uint8_t*>(input.data()), input.size(),
                       secret.data());
  EXPECT_EQ(judge(with_signature(token, signature)), Verdict::kValid);
}

}  // namespace
}  // namespace simdjwt::testing
