// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Vault: seals the secrets and private keys of a registry with AES-256-GCM under a key that lies in
// a file of its own. The database alone, copied or leaked, forges nothing.

#ifndef SIMDJWT_IO_REGISTRY_VAULT_H_
#define SIMDJWT_IO_REGISTRY_VAULT_H_

#include <absl/status/statusor.h>
#include <openssl/crypto.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "registry/model.h"
#include "registry/secret_text.h"

namespace simdjwt::registry {

// Wiped when it goes. Its members allocate, and fail where libcrypto or the kernel's generator
// does.
class Vault {
 public:
  Vault(Vault&& other) noexcept : key_(other.key_) { OPENSSL_cleanse(&other.key_, kKeyBytes); }
  Vault& operator=(Vault&&) = delete;
  ~Vault() { OPENSSL_cleanse(&key_, kKeyBytes); }

  // The key in `path`: 64 hexadecimal digits and a line end. Fails if everybody may read the file.
  [[nodiscard]] static absl::StatusOr<Vault> open(const std::string& path);
  // The same; a file that is not there is made, with a random key, for its owner alone.
  [[nodiscard]] static absl::StatusOr<Vault> open_or_create(const std::string& path);

  // A random secret.
  [[nodiscard]] static absl::StatusOr<SecretText> make_secret();

  // What is sealed for one account and generation opens for no other, and a private key only beside
  // its own public half, which is empty for a secret.
  [[nodiscard]] absl::StatusOr<std::string> seal(AccountId account, int64_t generation,
                                                 std::string_view public_jwk,
                                                 const SecretText& secret) const;
  [[nodiscard]] absl::StatusOr<SecretText> unseal(AccountId account, int64_t generation,
                                                  std::string_view public_jwk,
                                                  std::string_view sealed) const;

  // By which a registry knows its key again.
  [[nodiscard]] absl::StatusOr<std::string> make_check() const;
  [[nodiscard]] bool passes(std::string_view check) const;

 private:
  static constexpr size_t kKeyBytes = 32;
  Vault() = default;
  std::array<uint8_t, kKeyBytes> key_ = {};
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_VAULT_H_
