// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Status lists, as the text that is published and as the stream within it: whatever they are, they
// take no more memory than is allowed, and what is read can be written and read again. The first
// byte chooses the number of bits, and of which the text is.

#include <simdjwt/base64url.h>

#include "fuzz/require.h"
#include "status/status_list.h"

namespace status = simdjwt::status;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBytesMax = 4096;
  if (size == 0) return 0;
  const uint64_t bits = uint64_t{1} << (data[0] & 3);
  const bool is_stream = (data[0] & 4) != 0;
  const ExactInput input(data + 1, size - 1);
  const auto list = status::StatusList::decode(
      bits, is_stream ? simdjwt::base64url_encode(input.text()) : std::string(input.text()),
      kBytesMax);
  if (!list.ok()) {
    require(!list.status().message().empty());
    return 0;
  }
  require(list->size() <= kBytesMax * 8 / bits);
  for (uint64_t i = 0; i < list->size(); ++i) require(list->get(i) < 1U << bits);
  require(!list->get(list->size()));
  require(status::StatusList::decode(bits, list->encode().value(), kBytesMax).value() == *list);
  return 0;
}
