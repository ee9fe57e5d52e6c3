// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// application/x-www-form-urlencoded, decoded.

#ifndef SIMDJWT_IO_HTTP_FORM_H_
#define SIMDJWT_IO_HTTP_FORM_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simdjwt::http {

// A name or value; nullopt for one with a broken %-escape. Allocates.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

// Names and values, as they stand in the form.
using FormFields = std::vector<std::pair<std::string, std::string>>;

// nullopt for a broken escape, and for more than `fields_max` fields. Allocates.
[[nodiscard]] std::optional<FormFields> parse_form(std::string_view text, size_t fields_max);

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_FORM_H_
