// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What the fuzz targets share.

#ifndef SIMDJWT_TESTS_FUZZ_REQUIRE_H_
#define SIMDJWT_TESTS_FUZZ_REQUIRE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

// Stops the fuzzer where something does not hold.
inline void require(bool condition) {
  if (!condition) __builtin_trap();
}

// The input on the heap and of exact size, so that the sanitizer sees a read beyond it.
class ExactInput {
 public:
  ExactInput(const uint8_t* data, size_t size) : bytes_(new char[size]), size_(size) {
    if (size > 0) std::memcpy(bytes_.get(), data, size);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

#endif  // SIMDJWT_TESTS_FUZZ_REQUIRE_H_
