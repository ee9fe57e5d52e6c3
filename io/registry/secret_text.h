// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SecretText: an account's secret in memory, which is wiped when it goes.

#ifndef SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_
#define SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_

#include <openssl/crypto.h>

#include <array>
#include <string_view>

#include "registry/model.h"

namespace simdjwt::registry {

class SecretText {
 public:
  SecretText() = default;
  SecretText(SecretText&& other) noexcept : chars_(other.chars_) { other.wipe(); }
  SecretText& operator=(SecretText&&) = delete;
  ~SecretText() { wipe(); }

  [[nodiscard]] std::string_view view() const noexcept { return {chars_.data(), chars_.size()}; }
  [[nodiscard]] std::array<char, kSecretChars>& chars() noexcept { return chars_; }

 private:
  void wipe() noexcept { OPENSSL_cleanse(chars_.data(), chars_.size()); }

  std::array<char, kSecretChars> chars_ = {};
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_
