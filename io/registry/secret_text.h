// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SecretText: what signs an account's tokens, in memory, which is wiped when it goes: the
// characters of a secret, or a private key as a JWK.

#ifndef SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_
#define SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_

#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace simdjwt::registry {

class SecretText {
 public:
  SecretText() = default;
  // Of zeros.
  explicit SecretText(size_t size) : chars_(new char[size]()), size_(size) {}
  // A copy; this one is the caller's to wipe.
  explicit SecretText(std::string_view text) : SecretText(text.size()) {
    std::ranges::copy(text, chars_.get());
  }
  SecretText(SecretText&& other) noexcept { swap(other); }
  SecretText& operator=(SecretText&& other) noexcept {
    swap(other);
    return *this;
  }
  ~SecretText() {
    if (size_ > 0) OPENSSL_cleanse(chars_.get(), size_);
  }

  [[nodiscard]] std::string_view view() const noexcept { return {chars_.get(), size_}; }
  [[nodiscard]] std::span<char> chars() noexcept { return {chars_.get(), size_}; }

 private:
  void swap(SecretText& other) noexcept {
    std::swap(chars_, other.chars_);
    std::swap(size_, other.size_);
  }

  std::unique_ptr<char[]> chars_;
  size_t size_ = 0;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_SECRET_TEXT_H_
