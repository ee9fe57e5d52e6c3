// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JsonPattern: what JSON texts have in common that differ in some of their values only.

#ifndef SIMDJWT_CORE_BYTES_JSON_PATTERN_H_
#define SIMDJWT_CORE_BYTES_JSON_PATTERN_H_

#include <cstddef>
#include <cstdint>

namespace simdjwt::bytes {

// The parts of a text between strings that may be any, quotes included. Of every character of a
// part it is known within which bounds it lies: a letter of a name is that letter, a digit of a
// date '0' to '9'.
//
//   {"exp":1750000000,"sub":"alice"}
//   ^----------------------^     ^-^    two parts around a string
//
struct JsonPattern {
  static constexpr size_t kPartsMax = 33;
  static constexpr size_t kChunkChars = 32;  // a part begins where a chunk does
  static constexpr size_t kCharsMax = 32 * kChunkChars;

  struct Part {
    uint16_t begin;      // in the arrays below
    uint16_t num_chars;  // not 0
  };

  Part parts[kPartsMax];
  // lowest <= character <= lowest + spread; behind the end of a part any character is.
  alignas(kChunkChars) uint8_t lowest[kCharsMax];
  alignas(kChunkChars) uint8_t spread[kCharsMax];
};

// How far a text was found to fit a pattern.
struct JsonMatch {
  uint16_t* begins;            // receives where each part begins in the text
  size_t at = 0;               // what comes next
  bool has_non_ascii = false;  // whether a string may hold bytes above 0x7f
};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_JSON_PATTERN_H_
