// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RSA, in two ways that the first byte chooses between. Powers: every kernel against BN_mod_exp, of
// signatures and moduli that repeat the input. Blocks: a right one, of PKCS #1 or PSS, in which
// bytes are exchanged; what is said of it against what libcrypto says of the signature that has it.

#include <openssl/bn.h>
#include <openssl/rsa.h>

#include <string>
#include <vector>

#include "bytes/rsa.h"
#include "fuzz/require.h"
#include "jose/evp.h"
#include "jose/key_material.h"
#include "support/asymmetric_keys.h"

using namespace simdjwt;
using jose::BigNumber;
using simdjwt::testing::kRsaJwk;

namespace {

using Bytes = std::vector<uint8_t>;

// --- Powers ---

Bytes repeated(std::string_view text, size_t num_bytes) {
  Bytes bytes(num_bytes, 0);
  for (size_t i = 0; i < num_bytes && !text.empty(); ++i) {
    bytes[i] = static_cast<uint8_t>(text[i % text.size()]);
  }
  return bytes;
}

BigNumber to_number(const Bytes& bytes) {
  return BigNumber(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Bytes libcrypto_power(const Bytes& base, const Bytes& modulus) {
  const jose::OpensslPtr<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const BigNumber result(BN_new());
  const BigNumber exponent(BN_new());
  BN_set_word(exponent.get(), 65537);
  BN_mod_exp(result.get(), to_number(base).get(), exponent.get(), to_number(modulus).get(),
             context.get());
  Bytes power(modulus.size());
  BN_bn2binpad(result.get(), power.data(), static_cast<int>(power.size()));
  return power;
}

// The first half of the text is the modulus, the second the signature.
void check_powers(size_t num_bytes, std::string_view text) {
  constexpr uint8_t kExponent[] = {1, 0, 1};
  Bytes modulus = repeated(text.substr(0, text.size() / 2), num_bytes);
  modulus.front() |= 0x80;
  modulus.back() |= 1;
  const Bytes signature = repeated(text.substr(text.size() / 2), num_bytes);
  const auto prepared = bytes::RsaModulus::create(modulus, kExponent);
  require(prepared != nullptr);
  const Bytes expected = libcrypto_power(signature, modulus);
  for (const bytes::RsaKernel* kernel : bytes::available_rsa_kernels()) {
    if (kernel->power == nullptr) continue;
    Bytes power(num_bytes);
    const bytes::RsaJob job = {prepared.get(), signature.data(), power.data()};
    kernel->power({&job, 1});
    require(power == expected);
  }
}

// --- Blocks ---

constexpr std::string_view kMessage = "a message";

struct Signer {
  explicit Signer(Algorithm algorithm)
      : key(simdjwt::testing::make_jwk_key(kRsaJwk, algorithm)),
        asymmetric(*internal::KeyAccess::material(key).asymmetric()) {
    const std::string signature = asymmetric.sign(bytes::selected_kernels(), kMessage).value();
    block = raw(EVP_PKEY_encrypt_init, EVP_PKEY_encrypt, Bytes(signature.begin(), signature.end()));
  }

  // RSA alone, without a padding. Empty for a block that is not below the modulus.
  template <class Init, class Operation>
  Bytes raw(Init init, Operation operation, const Bytes& in) const {
    const jose::ErrorQueueGuard guard;
    auto* const evp = const_cast<EVP_PKEY*>(asymmetric.evp_key(KeyHalf::kPrivate));
    const jose::EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, evp, nullptr));
    Bytes out(in.size());
    size_t num_bytes = out.size();
    require(init(context.get()) == 1);
    require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
    if (operation(context.get(), out.data(), &num_bytes, in.data(), in.size()) != 1) return {};
    return out;
  }

  const Key key;
  const jose::AsymmetricKey& asymmetric;
  Bytes block;
};

// Pairs of bytes: where, and what is there instead.
void check_block(const Signer& signer, std::string_view text) {
  Bytes block = signer.block;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    block[static_cast<uint8_t>(text[i])] = static_cast<uint8_t>(text[i + 1]);
  }
  const Bytes signature = signer.raw(EVP_PKEY_sign_init, EVP_PKEY_sign, block);
  if (signature.empty()) return;
  const bytes::Kernels kernels = bytes::selected_kernels();
  require(signer.asymmetric.verify_power(kernels, kMessage, block.data()) ==
          (signer.asymmetric.verify(kernels, kMessage, signature.data()) == Verdict::kValid));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const Signer signers[] = {Signer(Algorithm::kRs256), Signer(Algorithm::kPs256),
                                   Signer(Algorithm::kRs512), Signer(Algorithm::kPs512)};
  const ExactInput input(data + 1, size - 1);
  const size_t choice = data[0] % 7;
  if (choice < 3) {
    check_powers((choice + 2) * 1024 / 8, input.text());
  } else {
    check_block(signers[choice - 3], input.text());
  }
  return 0;
}
