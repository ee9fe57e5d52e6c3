// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a JSON text looks like from afar: where its quotes are, and whether it holds bytes that need
// a closer look. The reader (jose/json_object.h) goes from quote to quote instead of from character
// to character.

#ifndef SIMDJWT_CORE_BYTES_JSON_INDEX_H_
#define SIMDJWT_CORE_BYTES_JSON_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/json_pattern.h"

namespace simdjwt::bytes {

// A kernel reads whole blocks of this size, and so up to that many bytes less one behind the text.
inline constexpr size_t kJsonIndexBlockBytes = 64;

// Bytes that most texts lack, so that one test in the end tells that they need no further care.
struct JsonTraits {
  bool has_backslash = false;
  bool has_control = false;    // below 0x20: blank between tokens, or forbidden in a string
  bool has_non_ascii = false;  // above 0x7f: to be checked as UTF-8
};

// One instruction-set variant. All agree bit for bit; `scalar` is the specification.
struct JsonIndexKernel {
  std::string_view name;  // for instance "json/avx2"

  // Sets bit i % 64 of quotes[i / 64] where the text has a '"' at i, and clears it elsewhere, for
  // all blocks that the `num_bytes` bytes at `text` reach into. What stands behind the text counts
  // as part of it.
  JsonTraits (*index)(uint64_t* quotes, const char* text, size_t num_bytes) noexcept;

  // Matches the text from match.at on with the parts [first, end) of a pattern and the strings
  // between them, and advances `match`. False if the text is another, or a string has backslashes
  // or control characters. A string goes on to the next quote; what else stands up to
  // kJsonIndexBlockBytes behind its begin may count as part of it. As many bytes follow the text,
  // none of them a quote.
  bool (*match)(const JsonPattern& pattern, size_t first, size_t end, std::string_view text,
                JsonMatch& match) noexcept;
};

// The kernels this CPU can run, slowest first; `scalar` is always there.
std::span<const JsonIndexKernel* const> available_json_kernels();

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_JSON_INDEX_H_
