// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Writes JSON.

#ifndef SIMDJWT_CORE_JOSE_JSON_TEXT_H_
#define SIMDJWT_CORE_JOSE_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace simdjwt::jose {

// Appends valid UTF-8 as a JSON string, quotes included.
void append_json_string(std::string& json, std::string_view text);

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_TEXT_H_
