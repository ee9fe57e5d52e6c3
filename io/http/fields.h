// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Looks things up in a head that RequestParser has accepted. Nothing is indexed beforehand: a
// request pays for the fields that somebody asks for, 8 ns for each line there is.

#ifndef SIMDJWT_IO_HTTP_FIELDS_H_
#define SIMDJWT_IO_HTTP_FIELDS_H_

#include <cstddef>
#include <string_view>

namespace simdjwt::http {

// What goes by a name. Who trusts a value must look at the count first: of two, the client, the
// proxy and we may each mean another one.
struct Found {
  std::string_view value;  // the first one's, as it is written; a view into what was searched
  size_t count = 0;        // 0: there is none, and value is empty
};

// The fields of Request::fields by this name, whose letters are lower-case; theirs may be any.
// Values come without the blanks around them.
[[nodiscard]] Found find_field(std::string_view fields, std::string_view lower_name) noexcept;

// The cookies by this name, case and all, in every Cookie field (RFC 6265 section 4.2.1). A value
// in quotes keeps them, and so is no token. Other cookies may be as malformed as they like.
[[nodiscard]] Found find_cookie(std::string_view fields, std::string_view name) noexcept;

// The parameters by this name in "a=1&b=2". Nothing is percent-decoded: neither do names match that
// are written in another way, nor are values changed (a token holds nothing that needs it).
[[nodiscard]] Found find_parameter(std::string_view query, std::string_view name) noexcept;

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_FIELDS_H_
