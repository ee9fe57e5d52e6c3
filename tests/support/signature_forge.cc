// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/signature_forge.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "jose/evp.h"
#include "jose/key_material.h"
#include "support/hex.h"

namespace simdjwt::testing {
namespace {

const jose::AsymmetricKey& asymmetric(const Key& key) {
  return *internal::KeyAccess::material(key).asymmetric();
}

int byte_at(std::string_view number, size_t i) { return static_cast<uint8_t>(number[i]); }

}  // namespace

std::string header_of(Algorithm algorithm) {
  return R"({"alg":")" + std::string(to_string(algorithm)) + R"("})";
}

std::string forge_signed(std::string_view header, std::string_view payload, const Key& key) {
  const std::string input = base64url(header) + '.' + base64url(payload);
  return input + '.' + base64url(asymmetric(key).sign(bytes::selected_kernels(), input).value());
}

std::string signature_of(std::string_view token) {
  return decode_unverified(token).value().signature;
}

std::string with_signature(std::string_view token, std::string_view signature) {
  return std::string(token.substr(0, token.rfind('.') + 1)) + base64url(signature);
}

EVP_PKEY* private_evp_key(const Key& key) {
  return const_cast<EVP_PKEY*>(asymmetric(key).evp_key(KeyHalf::kPrivate));
}

std::string rsa_private_operation(const Key& key, std::string_view block) {
  const jose::EvpKeyContext context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, private_evp_key(key), nullptr));
  std::string result(block.size(), '\0');
  size_t num_bytes = result.size();
  if (EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_sign(context.get(), reinterpret_cast<uint8_t*>(result.data()), &num_bytes,
                    reinterpret_cast<const uint8_t*>(block.data()), block.size()) != 1) {
    std::abort();
  }
  return result;
}

std::string sum(std::string_view a, std::string_view b) {
  std::string result(a.size(), '\0');
  int carry = 0;
  for (size_t i = a.size(); i-- > 0; carry >>= 8) {
    carry += byte_at(a, i) + byte_at(b, i);
    result[i] = static_cast<char>(carry & 0xff);
  }
  return result;
}

std::string difference(std::string_view a, std::string_view b) {
  std::string result(a.size(), '\0');
  int borrow = 0;
  for (size_t i = a.size(); i-- > 0; borrow = borrow < 0 ? -1 : 0) {
    borrow += byte_at(a, i) - byte_at(b, i);
    result[i] = static_cast<char>(borrow & 0xff);
  }
  return result;
}

// SEC 2 sections 2.4 to 2.6, RFC 8032 section 5.1.
std::string group_order(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256:
      return from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    case Algorithm::kEs384:
      return from_hex(
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77a"
          "ecec196accc52973");
    case Algorithm::kEs512:
      return from_hex(
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51"
          "868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409");
    case Algorithm::kEs256k:
      return from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    case Algorithm::kEd25519:
      return from_hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    default:
      std::abort();
  }
}

SignatureJudge::SignatureJudge(Key key) : SignatureJudge(KeySet::of(std::move(key))) {}

SignatureJudge::SignatureJudge(KeySet keys)
    : verifier_(keys, lenient().build().value()),
      remembering_(std::move(keys), verifier_.policy(), SignatureCache::create(64, {1}).value()),
      scratches_(make_kernel_scratches()) {
  const auto others = std::remove_if(
      scratches_.begin() + 1, scratches_.end(),
      [](const KernelScratch& scratch) { return !scratch.kernel.starts_with("rsa/"); });
  scratches_.erase(others, scratches_.end());
}

void SignatureJudge::expect_in_batches(std::string_view token, Verdict expected) {
  // Those of RSA are the long ones, and are verified eight at a time.
  const bool is_rsa = token.size() - token.rfind('.') > 300;
  for (auto& [kernel, scratch] : scratches_) {
    std::vector<std::string_view> tokens = {""};
    tokens.insert(tokens.end(), is_rsa ? 9 : 1, token);
    if (is_rsa && !right_.empty()) {
      for (size_t i = 2; i < tokens.size(); i += 3) tokens[i] = right_;
    }
    std::vector<VerifyResult> results(tokens.size());
    verifier_.verify_batch(tokens, results, scratch, kNow);
    for (size_t i = 1; i < tokens.size(); ++i) {
      EXPECT_EQ(results[i].verdict(), tokens[i] == right_ ? Verdict::kValid : expected)
          << kernel << ", place " << i << " of a batch";
    }
    if (!is_rsa) return;
  }
}

Verdict SignatureJudge::operator()(std::string_view token) {
  Scratch& scratch = scratches_.front().scratch;
  const Verdict expected = verifier_.verify(token, scratch, kNow).verdict();
  expect_in_batches(token, expected);
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(remembering_.verify(token, scratch, kNow).verdict(), expected)
        << "with a cache, seen before: " << time;
  }
  if (expected == Verdict::kValid) right_ = token;
  return expected;
}

}  // namespace simdjwt::testing
