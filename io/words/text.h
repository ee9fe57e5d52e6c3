// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Text from strangers made fit to print. A claim may hold terminal escapes that erase the line
// above, recolour it or retitle the window; none of that may reach a terminal.

#ifndef SIMDJWT_IO_WORDS_TEXT_H_
#define SIMDJWT_IO_WORDS_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace simdjwt::words {

// Longest piece of foreign text that goes into a line for people.
inline constexpr size_t kShownBytesMax = 200;

// In double quotes. Control characters, bidirectional overrides and invisible characters become
// \u escapes, bytes that are no UTF-8 become \x escapes, and what exceeds `bytes_max` is cut off
// and counted: "abc" ... (3000 bytes).
std::string quote(std::string_view text, size_t bytes_max = kShownBytesMax);

// The same without quotes, and all of it: for messages that quote files.
std::string printable(std::string_view text);

// The first `bytes_max` bytes of JSON text, whole characters only, and how many there were.
std::string shortened(std::string_view text, size_t bytes_max = kShownBytesMax);

// A JSON string literal of these bytes, free of what quote() escapes. U+FFFD stands for what is no
// UTF-8.
std::string json_string(std::string_view text);

enum class JsonLayout : uint8_t { kOneLine, kIndented };

// JSON text laid out anew, its numbers and escapes as they were written. Characters in strings that
// a terminal could act on become \u escapes, which say the same. Takes any bytes: what is not JSON
// comes out as something just as wrong, but printable. All lines of kIndented but the first begin
// with `indent` blanks.
std::string format_json(std::string_view json, JsonLayout layout, size_t indent = 0);

// "12,345,678"
std::string with_thousands(uint64_t number);

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_TEXT_H_
