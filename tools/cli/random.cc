// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/random.h"

#include <openssl/rand.h>

#include "cli/failure.h"

namespace simdjwt::cli {
namespace {

std::string hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

std::string random_bytes(size_t num_bytes) {
  std::string bytes(num_bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(num_bytes)) !=
      1) {
    throw Failure("the random number generator of libcrypto failed");
  }
  return bytes;
}

std::string random_hex(size_t num_bytes) { return hex(random_bytes(num_bytes)); }

std::string random_uuid() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 9562
  std::string text = hex(bytes);
  for (const size_t position : {20u, 16u, 12u, 8u}) text.insert(position, 1, '-');
  return text;
}

}  // namespace simdjwt::cli
