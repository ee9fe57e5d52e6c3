// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/vault.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>

#include "net/os_error.h"
#include "net/unique_fd.h"
#include "registry/random.h"
#include "serve/text.h"
#include "simdjwt/base64url.h"

namespace simdjwt::registry {
namespace {

// What is sealed is nonce, ciphertext and tag (SP 800-38D); the nonce is random, as an account
// makes far fewer secrets than the 2^32 for which that is safe.
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kRandomSecretBytes = kSecretChars / 4 * 3;
constexpr std::string_view kCheckLabel = "simdjwt registry key";

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

std::string label_of(AccountId account, int64_t generation, std::string_view public_jwk) {
  return serve::concat("simdjwt secret of account ", account, ", generation ", generation,
                       public_jwk.empty() ? "" : ", ", public_jwk);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

absl::StatusOr<std::string> seal_bytes(std::span<const uint8_t> key, std::string_view label,
                                       std::string_view plaintext) {
  std::string sealed(kNonceBytes + plaintext.size() + kTagBytes, '\0');
  unsigned char* const nonce = bytes_of(sealed);
  if (absl::Status s = fill_random({nonce, kNonceBytes}); !s.ok()) return s;
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(label),
                        static_cast<int>(label.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), nonce + kNonceBytes, &length, bytes_of(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), nullptr, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          nonce + kNonceBytes + plaintext.size()) == 1;
  if (!done) return absl::InternalError("libcrypto does not encrypt with AES-256-GCM");
  return sealed;
}

// Whether `sealed` is of this key and label; `plaintext` then holds what was sealed, and has just
// its size.
bool unseal_bytes(std::span<const uint8_t> key, std::string_view label, std::string_view sealed,
                  std::span<char> plaintext) {
  if (sealed.size() != kNonceBytes + plaintext.size() + kTagBytes) return false;
  const std::string_view ciphertext = sealed.substr(kNonceBytes, plaintext.size());
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  return context != nullptr &&
         EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                            bytes_of(sealed)) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(label),
                           static_cast<int>(label.size())) == 1 &&
         EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char*>(plaintext.data()),
                           &length, bytes_of(ciphertext),
                           static_cast<int>(ciphertext.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context.get(), nullptr, &length) == 1;
}

// The file's text: a key in hexadecimal, and a line end.
using KeyText = std::array<char, 65>;

std::optional<uint8_t> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

bool parse_key(std::span<uint8_t> key, const KeyText& text) {
  for (size_t i = 0; i < key.size(); ++i) {
    const auto high = digit_of(text[2 * i]);
    const auto low = digit_of(text[2 * i + 1]);
    if (!high || !low) return false;
    key[i] = static_cast<uint8_t>(*high << 4 | *low);
  }
  return text.back() == '\n';
}

void spell_key(KeyText& text, std::span<const uint8_t> key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (size_t i = 0; i < key.size(); ++i) {
    text[2 * i] = kDigits[key[i] >> 4];
    text[2 * i + 1] = kDigits[key[i] & 15];
  }
  text.back() = '\n';
}

absl::Status write_key_file(const std::string& path, const KeyText& text) {
  const net::UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) return net::os_error(path, errno);
  if (::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(fd.get()) == 0) {
    return absl::OkStatus();
  }
  const absl::Status status = net::os_error(path, errno);
  unlink(path.c_str());
  return status;
}

}  // namespace

absl::StatusOr<Vault> Vault::open(const std::string& path) {
  const net::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts;
  if (!fd || fstat(fd.get(), &facts) != 0) return net::os_error(path, errno);
  if ((facts.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return absl::InvalidArgumentError(
        path + ": everybody may read this key, and forge tokens with it; chmod 600 keeps them out");
  }
  Vault vault;
  KeyText text = {};
  const bool is_key = facts.st_size == static_cast<off_t>(text.size()) &&
                      ::read(fd.get(), text.data(), text.size()) == facts.st_size &&
                      parse_key(vault.key_, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!is_key) {
    return absl::InvalidArgumentError(
        path + ": is no key: it has not 64 hexadecimal digits and a line end");
  }
  return vault;
}

absl::StatusOr<Vault> Vault::open_or_create(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return open(path);
  Vault vault;
  if (absl::Status s = fill_random(vault.key_); !s.ok()) return s;
  KeyText text;
  spell_key(text, vault.key_);
  const absl::Status written = write_key_file(path, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!written.ok()) return written;
  return vault;
}

absl::StatusOr<SecretText> Vault::make_secret() {
  std::array<uint8_t, kRandomSecretBytes> bytes;
  if (absl::Status s = fill_random(bytes); !s.ok()) return s;
  SecretText secret(kSecretChars);
  base64url_write(secret.chars(), bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return secret;
}

absl::StatusOr<std::string> Vault::seal(AccountId account, int64_t generation,
                                        std::string_view public_jwk,
                                        const SecretText& secret) const {
  return seal_bytes(key_, label_of(account, generation, public_jwk), secret.view());
}

absl::StatusOr<SecretText> Vault::unseal(AccountId account, int64_t generation,
                                         std::string_view public_jwk,
                                         std::string_view sealed) const {
  SecretText secret(sealed.size() - std::min(sealed.size(), kNonceBytes + kTagBytes));
  if (unseal_bytes(key_, label_of(account, generation, public_jwk), sealed, secret.chars())) {
    return secret;
  }
  return absl::DataLossError("generation " + std::to_string(generation) +
                             " of the account's secret does not open with the registry's key");
}

absl::StatusOr<std::string> Vault::make_check() const { return seal_bytes(key_, kCheckLabel, ""); }

bool Vault::passes(std::string_view check) const {
  return unseal_bytes(key_, kCheckLabel, check, {});
}

}  // namespace simdjwt::registry
