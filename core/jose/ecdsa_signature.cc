// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/ecdsa_signature.h"

#include <openssl/ec.h>

#include <algorithm>

#include "jose/evp.h"

namespace simdjwt::jose {
namespace {

// Appends an INTEGER without needless zeros (X.690 section 8.3) and returns its end.
uint8_t* append_integer(uint8_t* out, std::span<const uint8_t> number) noexcept {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  const bool looks_negative = (number[0] & 0x80) != 0;
  *out++ = 0x02;
  *out++ = static_cast<uint8_t>(number.size() + looks_negative);
  if (looks_negative) *out++ = 0;
  return std::copy(number.begin(), number.end(), out);
}

}  // namespace

size_t ecdsa_to_der(std::span<const uint8_t> signature, EcdsaDer& der) noexcept {
  const size_t half = signature.size() / 2;
  std::array<uint8_t, sizeof(EcdsaDer)> integers;
  uint8_t* end = append_integer(integers.data(), signature.first(half));
  end = append_integer(end, signature.subspan(half));
  const auto content_bytes = static_cast<size_t>(end - integers.data());

  uint8_t* out = der.data();
  *out++ = 0x30;
  if (content_bytes >= 0x80) *out++ = 0x81;
  *out++ = static_cast<uint8_t>(content_bytes);
  out = std::copy_n(integers.data(), content_bytes, out);
  return static_cast<size_t>(out - der.data());
}

bool ecdsa_from_der(std::span<const uint8_t> der, std::span<uint8_t> signature) noexcept {
  const uint8_t* at = der.data();
  const OpensslPtr<ECDSA_SIG, ECDSA_SIG_free> numbers(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (numbers == nullptr) return false;
  const int half = static_cast<int>(signature.size() / 2);
  return BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), signature.data(), half) == half &&
         BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), signature.data() + half, half) == half;
}

}  // namespace simdjwt::jose
