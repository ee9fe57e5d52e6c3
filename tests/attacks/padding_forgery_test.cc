// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. Under PKCS #1 v1.5 a signature is the e-th root of a block: 00 01 FF ... FF 00, the
// name of the hash, the hash. A verifier that parses this block instead of comparing all of it
// leaves bytes that nobody looks at, and with e = 3 those are enough to write down a cube that
// begins as it should, without the private key (Bleichenbacher 2006, CVE-2006-4339; again in
// NSS, CVE-2014-1568).
//
// The defence. The block that is expected is written down and compared as a whole (RFC 8017 section
// 8.2.2), and so whatever else the owner of a key may have signed is refused.

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <vector>

#include "bytes/digest.h"
#include "jose/evp.h"
#include "support/hex.h"
#include "support/signature_forge.h"

namespace simdjwt::testing {
namespace {

constexpr size_t kModulusBytes = 256;

// DigestInfo up to the hash, in DER (RFC 8017 section 9.2, note 1), and other ways to write it.
const std::string kSha256Info = from_hex("3031300d060960864801650304020105000420");
const std::string kSha256InfoWithoutNull = from_hex("302f300b06096086480165030402010420");
const std::string kSha256InfoLongLengths = from_hex("30813330810d06096086480165030402010500048120");
const std::string kSha256InfoWithParameters =
    from_hex("30393015060960864801650304020104080123456789abcdef0420");
const std::string kSha384Info = from_hex("3041300d060960864801650304020205000430");

std::string sha256(std::string_view message) {
  std::string hash(32, '\0');
  bytes::digest(bytes::selected_kernels(), hash.size(), message,
                reinterpret_cast<uint8_t*>(hash.data()));
  return hash;
}

std::string input_of(std::string_view token) {
  return std::string(token.substr(0, token.rfind('.')));
}

// `head`, as much `filling` as there is room for, `tail`.
std::string block(std::string_view head, char filling, std::string_view tail) {
  return std::string(head) + std::string(kModulusBytes - head.size() - tail.size(), filling) +
         std::string(tail);
}

// The largest number whose cube is not above that of these bytes.
std::string cube_root(std::string_view cube_bytes) {
  const jose::OpensslPtr<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const jose::BigNumber cube(BN_bin2bn(reinterpret_cast<const uint8_t*>(cube_bytes.data()),
                                       static_cast<int>(cube_bytes.size()), nullptr));
  const jose::BigNumber root(BN_new());
  const jose::BigNumber power(BN_new());
  BN_zero(root.get());
  for (int bit = BN_num_bits(cube.get()) / 3 + 1; bit >= 0; --bit) {
    BN_set_bit(root.get(), bit);
    BN_sqr(power.get(), root.get(), context.get());
    BN_mul(power.get(), power.get(), root.get(), context.get());
    if (BN_cmp(power.get(), cube.get()) > 0) BN_clear_bit(root.get(), bit);
  }
  std::string bytes(cube_bytes.size(), '\0');
  BN_bn2binpad(root.get(), reinterpret_cast<uint8_t*>(bytes.data()),
               static_cast<int>(bytes.size()));
  return bytes;
}

std::string cube(std::string_view root_bytes) {
  const jose::OpensslPtr<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const jose::BigNumber root(BN_bin2bn(reinterpret_cast<const uint8_t*>(root_bytes.data()),
                                       static_cast<int>(root_bytes.size()), nullptr));
  const jose::BigNumber power(BN_new());
  BN_sqr(power.get(), root.get(), context.get());
  BN_mul(power.get(), power.get(), root.get(), context.get());
  std::string bytes(root_bytes.size(), '\0');
  BN_bn2binpad(power.get(), reinterpret_cast<uint8_t*>(bytes.data()),
               static_cast<int>(bytes.size()));
  return bytes;
}

TEST(PaddingForgery, ByACubeRootIsRefused) {
  SignatureJudge judge(kRsaExponent3Jwk, Algorithm::kRs256);
  const std::string token = sign_with(kRsaExponent3Jwk, Algorithm::kRs256, kClaims);
  EXPECT_EQ(judge(token), Verdict::kValid);

  // The attacker's own claims; he has the public key alone.
  const std::string input =
      base64url(header_of(Algorithm::kRs256)) + '.' + base64url(R"({"sub":"administrator"})");
  for (const size_t num_ff : {0u, 1u, 8u, 16u}) {
    const std::string head =
        std::string("\0\1", 2) + std::string(num_ff, '\xff') + '\0' + kSha256Info + sha256(input);
    const std::string root = cube_root(block(head, '\xff', ""));
    ASSERT_TRUE(cube(root).starts_with(head)) << "this is no forgery";
    EXPECT_EQ(judge(input + '.' + base64url(root)), Verdict::kBadSignature) << num_ff;
  }
}

TEST(PaddingForgery, WhateverElseTheOwnerSignedIsRefused) {
  for (const std::string_view jwk : {kRsaJwk, kRsaExponent3Jwk}) {
    const Key key = make_jwk_key(jwk, Algorithm::kRs256);
    SignatureJudge judge(jwk, Algorithm::kRs256);
    const std::string token = sign_with(jwk, Algorithm::kRs256, kClaims);
    const std::string hash = sha256(input_of(token));
    const std::string begin("\0\1", 2);
    const std::string end = '\0' + kSha256Info + hash;
    const auto judge_block = [&](const std::string& text) {
      return judge(with_signature(token, rsa_private_operation(key, text)));
    };
    EXPECT_EQ(judge_block(block(begin, '\xff', end)), Verdict::kValid);

    const std::vector<std::string> others = {
        block(begin, '\xff', '\0' + kSha256InfoWithoutNull + hash),
        block(begin, '\xff', '\0' + kSha256InfoLongLengths + hash),
        block(begin, '\xff', '\0' + kSha256InfoWithParameters + hash),
        block(begin, '\xff', '\0' + kSha384Info + hash),
        block(begin, '\xff', '\0' + kSha256Info.substr(1) + hash),
        block(begin, '\xff', '\0' + hash),         // the hash alone
        block(begin, '\xff', '\0' + kSha256Info),  // all but the hash
        block(begin, '\xff', kSha256Info + hash),  // without the zero
        block(begin, '\xff', '\0' + end),          // with another
        block(begin + '\0', '\xff', end),
        block(std::string("\0\2", 2), '\xff', end),  // as encryption pads
        block(std::string("\0\2", 2), '\x5a', end),
        block(std::string("\0\0", 2), '\xff', end),
        block(std::string("\0\0", 2), '\0', end),
        block(begin, '\0', end),
        block(begin, '\xfe', end),
        block(begin + "\xff\xff\xff\xff\xff\xff\xff\xff" + end, '\0', ""),  // at the left
        block(begin + "\xff\xff\xff\xff\xff\xff\xff\xff" + end, '\xff', ""),
        block(begin + '\x7f', '\xff', end),
        block(begin + std::string(150, '\xff') + '\x7f', '\xff', end),
        block(begin, '\xff', end + '\0'),  // a byte behind the hash
        block(begin, '\xff', end.substr(0, end.size() - 1) + '\0'),
        block("", '\0', hash),
        block(std::string(1, '\0'), '\x01', ""),
    };
    for (size_t i = 0; i < others.size(); ++i) {
      EXPECT_EQ(judge_block(others[i]), Verdict::kBadSignature) << i;
    }
  }
}

}  // namespace
}  // namespace simdjwt::testing
