// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Strict base64url (RFC 4648 section 5): no padding, no whitespace, no '+' or '/', and the unused
// bits of the last character must be zero, so that every byte string has exactly one spelling. Here
// is what is fast; simdjwt/base64url.h is for all else.

#ifndef SIMDJWT_CORE_BYTES_BASE64URL_H_
#define SIMDJWT_CORE_BYTES_BASE64URL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace simdjwt::bytes {

// A decoder may write up to this many bytes behind the decoded ones.
inline constexpr size_t kBase64urlDecodeSlackBytes = 64;

// Exact number of bytes that `num_chars` characters decode to. `num_chars % 4 == 1` is no encoding.
constexpr size_t base64url_decoded_bytes(size_t num_chars) { return num_chars * 3 / 4; }

constexpr size_t base64url_encoded_chars(size_t num_bytes) { return (num_bytes * 4 + 2) / 3; }

// One instruction-set variant. All kernels agree bit for bit; `scalar` is the specification.
struct Base64urlKernel {
  std::string_view name;  // for instance "base64url/avx2"

  // Decodes `text` into `out` and returns true, or returns false when `text` is not canonical
  // base64url; `out` is then unspecified. `out` has room for the decoded bytes plus
  // kBase64urlDecodeSlackBytes. Reads nothing outside `text`.
  bool (*decode)(uint8_t* out, std::string_view text) noexcept;

  // Finds the dots of a compact serialization: writes the offsets of the first four '.' to
  // `offsets` (fewer, if there are fewer) and returns how many there are, counting no further
  // than five. Reads nothing outside `text`.
  size_t (*find_dots)(uint32_t offsets[4], std::string_view text) noexcept;
};

// The kernels this CPU can run, slowest first; `scalar` is always there.
std::span<const Base64urlKernel* const> available_base64url_kernels();

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_BASE64URL_H_
