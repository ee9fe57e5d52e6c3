// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Text as a JSON string, whatever the text is.

#ifndef SIMDJWT_IO_SERVE_JSON_TEXT_H_
#define SIMDJWT_IO_SERVE_JSON_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace simdjwt::serve {

// Appends `text` in quotes as RFC 8259 section 7 has it, in ASCII controls and DEL escaped, and
// with U+FFFD for each byte that is not UTF-8: the result is valid JSON and safe to look at. What
// would take more than `bytes_max` between the quotes is cut off, between characters, and ends in
// "...".
void append_json_string(std::string& out, std::string_view text,
                        size_t bytes_max = std::string::npos);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_JSON_TEXT_H_
