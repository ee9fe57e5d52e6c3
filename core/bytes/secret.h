// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Memory that is wiped before it is given back, also where the compiler could prove the write dead.

#ifndef SIMDJWT_CORE_BYTES_SECRET_H_
#define SIMDJWT_CORE_BYTES_SECRET_H_

#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace simdjwt::bytes {

// Holds a trivially copyable value and wipes it on destruction and when moved from. Not copyable,
// so that a secret has one home: what it is made of is wiped as well.
template <class T>
class Secret {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Secret() noexcept : value_{} {}
  explicit Secret(T&& value) noexcept : value_(value) { wipe(value); }
  Secret(Secret&& other) noexcept : Secret(std::move(other.value_)) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      value_ = other.value_;
      wipe(other.value_);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(value_); }

  const T& value() const noexcept { return value_; }
  T& value() noexcept { return value_; }

 private:
  static void wipe(T& value) noexcept { OPENSSL_cleanse(&value, sizeof(value)); }

  T value_;
};

// Wipes what it gives back.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T))); }
  void deallocate(T* memory, size_t count) noexcept {
    OPENSSL_cleanse(memory, count * sizeof(T));
    ::operator delete(memory);
  }
  friend bool operator==(WipingAllocator, WipingAllocator) noexcept { return true; }
};

// Secret bytes whose number is known only at run time.
using SecretBytes = std::vector<uint8_t, WipingAllocator<uint8_t>>;

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_SECRET_H_
