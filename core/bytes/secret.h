// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Memory that is wiped before it is given back, also where the compiler could prove the write dead.

#ifndef SIMDJWT_CORE_BYTES_SECRET_H_
#define SIMDJWT_CORE_BYTES_SECRET_H_

#include <openssl/crypto.h>

#include <type_traits>
#include <utility>

namespace simdjwt::bytes {

// Holds a trivially copyable value and wipes it on destruction and when moved from. Not copyable,
// so that a secret has one home.
template <class T>
class Secret {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Secret() noexcept : value_{} {}
  explicit Secret(const T& value) noexcept : value_(value) {}
  Secret(Secret&& other) noexcept : value_(other.value_) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      value_ = other.value_;
      other.wipe();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  const T& value() const noexcept { return value_; }
  T& value() noexcept { return value_; }

 private:
  void wipe() noexcept { OPENSSL_cleanse(&value_, sizeof(value_)); }

  T value_;
};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_SECRET_H_
