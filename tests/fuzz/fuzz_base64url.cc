// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// All base64url kernels agree with the scalar one, in verdict, bytes and dots; what they accept
// encodes to the same text again.

#include <simdjwt/base64url.h>

#include <string>
#include <vector>

#include "bytes/base64url.h"
#include "fuzz/require.h"

namespace bytes = simdjwt::bytes;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ExactInput input(data, size);
  const std::string_view text = input.text();
  const size_t num_bytes = bytes::base64url_decoded_bytes(text.size());

  bool first_verdict = false;
  std::string first_bytes;
  std::vector<uint32_t> first_dots;
  bool is_first = true;
  for (const bytes::Base64urlKernel* kernel : bytes::available_base64url_kernels()) {
    std::string decoded(num_bytes + bytes::kBase64urlDecodeSlackBytes, '\0');
    const bool verdict = kernel->decode(reinterpret_cast<uint8_t*>(decoded.data()), text);
    decoded.resize(num_bytes);
    uint32_t offsets[4];
    const size_t num_dots = kernel->find_dots(offsets, text);
    require(num_dots <= 5);
    std::vector<uint32_t> dots(offsets, offsets + (num_dots < 4 ? num_dots : 4));
    dots.push_back(static_cast<uint32_t>(num_dots));
    if (verdict) require(simdjwt::base64url_encode(decoded) == text);
    if (is_first) {
      first_verdict = verdict;
      first_bytes = decoded;
      first_dots = dots;
      is_first = false;
    }
    require(verdict == first_verdict && dots == first_dots);
    if (verdict) require(decoded == first_bytes);
  }
  return 0;
}
