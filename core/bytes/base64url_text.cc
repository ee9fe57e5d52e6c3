// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/base64url.h>

#include "bytes/base64url.h"
#include "bytes/base64url_kernels.h"
#include "bytes/kernels.h"

namespace simdjwt {

std::string base64url_encode(std::string_view data) {
  std::string text;
  base64url_append(text, data);
  return text;
}

void base64url_append(std::string& out, std::string_view data) {
  const size_t begin = out.size();
  out.resize(begin + bytes::base64url_encoded_chars(data.size()));
  base64url_write(std::span(out).subspan(begin),
                  {reinterpret_cast<const uint8_t*>(data.data()), data.size()});
}

void base64url_write(std::span<char> chars, std::span<const uint8_t> data) noexcept {
  char* to = chars.data();
  const auto put = [&to](uint32_t bits) { *to++ = bytes::kBase64urlAlphabet[bits & 63]; };
  size_t i = 0;
  for (; i + 3 <= data.size(); i += 3) {
    const uint32_t bits =
        uint32_t{data[i]} << 16 | uint32_t{data[i + 1]} << 8 | uint32_t{data[i + 2]};
    put(bits >> 18);
    put(bits >> 12);
    put(bits >> 6);
    put(bits);
  }
  if (data.size() - i == 1) {
    put(uint32_t{data[i]} >> 2);
    put(uint32_t{data[i]} << 4);
  } else if (data.size() - i == 2) {
    const uint32_t bits = uint32_t{data[i]} << 8 | uint32_t{data[i + 1]};
    put(bits >> 10);
    put(bits >> 4);
    put(bits << 2);
  }
}

std::optional<std::string> base64url_decode(std::string_view text) {
  const size_t num_bytes = bytes::base64url_decoded_bytes(text.size());
  std::string data(num_bytes + bytes::kBase64urlDecodeSlackBytes, '\0');
  if (!bytes::selected_kernels().base64url->decode(reinterpret_cast<uint8_t*>(data.data()), text)) {
    return std::nullopt;
  }
  data.resize(num_bytes);
  return data;
}

}  // namespace simdjwt
