// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_* is OpenSSL's only public way to a cheap midstate

#include "floors.h"

#include <benchmark/benchmark.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <array>
#include <string_view>
#include <vector>

#include "key_pair.h"

namespace simdjwt::bench {
namespace {

std::string_view signing_input(std::string_view token) { return token.substr(0, token.rfind('.')); }

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// --- HMAC ---

using Tag = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

class HmacFloor : public Subject {
 public:
  std::string gate() override {
    for (const std::string_view token : corpus().views) {
      const Tag tag = hmac(signing_input(token));
      const std::string_view bytes(reinterpret_cast<const char*>(tag.data()), tag.size());
      if (base64url(bytes) != token.substr(token.rfind('.') + 1)) return "a tag is wrong";
    }
    return {};
  }

  size_t pass() override {
    for (const std::string_view input : inputs_) {
      Tag tag = hmac(input);
      benchmark::DoNotOptimize(tag);
    }
    return inputs_.size();
  }

 protected:
  HmacFloor() : Subject(valid_tokens(Algorithm::kHs256)) {
    for (const std::string_view token : corpus().views) inputs_.push_back(signing_input(token));
  }
  virtual Tag hmac(std::string_view message) const = 0;

 private:
  std::vector<std::string_view> inputs_;
};

class MidstateFloor final : public HmacFloor {
 public:
  MidstateFloor() {
    const std::string_view key = secret(Algorithm::kHs256);
    start(inner_, key, 0x36);
    start(outer_, key, 0x5c);
  }

 private:
  static void start(SHA256_CTX& context, std::string_view key, unsigned char pad) {
    std::array<unsigned char, SHA256_CBLOCK> block;
    block.fill(pad);
    for (size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<unsigned char>(key[i]);
    SHA256_Init(&context);
    SHA256_Update(&context, block.data(), block.size());
  }

  Tag hmac(std::string_view message) const override {
    Tag tag;
    SHA256_CTX context = inner_;
    SHA256_Update(&context, message.data(), message.size());
    SHA256_Final(tag.data(), &context);
    context = outer_;
    SHA256_Update(&context, tag.data(), tag.size());
    SHA256_Final(tag.data(), &context);
    return tag;
  }

  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

class OneshotFloor final : public HmacFloor {
  Tag hmac(std::string_view message) const override {
    const std::string_view key = secret(Algorithm::kHs256);
    Tag tag;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(message), message.size(),
         tag.data(), nullptr);
    return tag;
  }
};

// --- Signatures ---

std::string from_base64url(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t num_bytes = 0;
  sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                    text.size(), nullptr, &num_bytes, nullptr,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  bytes.resize(num_bytes);
  return bytes;
}

// A token's signature as libcrypto takes it.
std::string for_openssl(std::string signature, Algorithm algorithm) {
  if (algorithm != Algorithm::kEs256 && algorithm != Algorithm::kEs384) return signature;
  const int half = static_cast<int>(signature.size() / 2);
  ECDSA_SIG* numbers = ECDSA_SIG_new();
  ECDSA_SIG_set0(numbers, BN_bin2bn(as_bytes(signature), half, nullptr),
                 BN_bin2bn(as_bytes(signature) + half, half, nullptr));
  unsigned char* der = nullptr;
  const int der_bytes = i2d_ECDSA_SIG(numbers, &der);
  signature.assign(reinterpret_cast<const char*>(der), static_cast<size_t>(der_bytes));
  OPENSSL_free(der);
  ECDSA_SIG_free(numbers);
  return signature;
}

class SignatureFloor : public Subject {
 public:
  std::string gate() override {
    if (pass() != signed_.size()) return "a signature is refused";
    for (const Signed& one : signed_) {
      std::string other = one.signature;
      other.back() = static_cast<char>(other.back() ^ 1);
      if (verify(one.message, other)) return "another signature is accepted";
    }
    return {};
  }

  size_t pass() override {
    size_t right = 0;
    for (const Signed& one : signed_) right += verify(one.message, one.signature) ? 1 : 0;
    return right;
  }

 protected:
  explicit SignatureFloor(Algorithm algorithm) : Subject(valid_tokens(algorithm)) {
    for (const std::string_view token : corpus().views) {
      const std::string_view message = signing_input(token);
      signed_.push_back(
          {message, for_openssl(from_base64url(token.substr(message.size() + 1)), algorithm)});
    }
  }
  virtual bool verify(std::string_view message, std::string_view signature) = 0;

 private:
  struct Signed {
    std::string_view message;
    std::string signature;
  };
  std::vector<Signed> signed_;
};

// Of algorithms that sign a digest.
class DigestFloor final : public SignatureFloor {
 public:
  explicit DigestFloor(Algorithm algorithm)
      : SignatureFloor(algorithm),
        digest_(EVP_MD_fetch(nullptr, digest_name(algorithm), nullptr)),
        hash_(EVP_MD_CTX_new()),
        context_(EVP_PKEY_CTX_new(key_pair(algorithm).evp_key(), nullptr)) {
    EVP_PKEY_verify_init(context_);
    EVP_PKEY_CTX_set_signature_md(context_, digest_);
    configure_padding(context_, algorithm);
  }
  ~DigestFloor() override {
    EVP_PKEY_CTX_free(context_);
    EVP_MD_CTX_free(hash_);
    EVP_MD_free(digest_);
  }

 private:
  bool verify(std::string_view message, std::string_view signature) override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned digest_bytes = 0;
    return EVP_DigestInit_ex2(hash_, digest_, nullptr) == 1 &&
           EVP_DigestUpdate(hash_, message.data(), message.size()) == 1 &&
           EVP_DigestFinal_ex(hash_, digest.data(), &digest_bytes) == 1 &&
           EVP_PKEY_verify(context_, as_bytes(signature), signature.size(), digest.data(),
                           digest_bytes) == 1;
  }

  EVP_MD* digest_;
  EVP_MD_CTX* hash_;
  EVP_PKEY_CTX* context_;
};

class OpensslEdDsaFloor final : public SignatureFloor {
 public:
  OpensslEdDsaFloor() : SignatureFloor(Algorithm::kEdDsa), context_(EVP_MD_CTX_new()) {
    EVP_DigestVerifyInit_ex(context_, nullptr, nullptr, nullptr, nullptr,
                            key_pair(Algorithm::kEdDsa).evp_key(), nullptr);
  }
  ~OpensslEdDsaFloor() override { EVP_MD_CTX_free(context_); }

 private:
  bool verify(std::string_view message, std::string_view signature) override {
    return EVP_DigestVerify(context_, as_bytes(signature), signature.size(), as_bytes(message),
                            message.size()) == 1;
  }

  EVP_MD_CTX* context_;
};

class LibsodiumFloor final : public SignatureFloor {
 public:
  LibsodiumFloor() : SignatureFloor(Algorithm::kEdDsa) {
    size_t num_bytes = point_.size();
    EVP_PKEY_get_raw_public_key(key_pair(Algorithm::kEdDsa).evp_key(), point_.data(), &num_bytes);
  }

 private:
  bool verify(std::string_view message, std::string_view signature) override {
    return crypto_sign_verify_detached(as_bytes(signature), as_bytes(message), message.size(),
                                       point_.data()) == 0;
  }

  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> point_;
};

}  // namespace

std::unique_ptr<Subject> midstate_floor() { return std::make_unique<MidstateFloor>(); }
std::unique_ptr<Subject> oneshot_floor() { return std::make_unique<OneshotFloor>(); }

std::unique_ptr<Subject> openssl_floor(Algorithm algorithm) {
  if (algorithm == Algorithm::kEdDsa) return std::make_unique<OpensslEdDsaFloor>();
  return std::make_unique<DigestFloor>(algorithm);
}

std::unique_ptr<Subject> libsodium_floor() { return std::make_unique<LibsodiumFloor>(); }

}  // namespace simdjwt::bench
