// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The JOSE header of a signed token (RFC 7515 section 4).

#ifndef SIMDJWT_CORE_JOSE_HEADER_H_
#define SIMDJWT_CORE_JOSE_HEADER_H_

#include <simdjwt/key.h>
#include <simdjwt/verdict.h>

#include <optional>
#include <string_view>

#include "jose/json_reader.h"

namespace simdjwt::jose {

// The parameters that a reader of headers has to know: by their order here they are found again.
inline constexpr std::string_view kHeaderNames[] = {"alg", "kid", "typ", "cty", "crit", "b64"};
static_assert(std::size(kHeaderNames) <= kKnownNamesMax);

// What a verifier needs of a header. Views into the text that was read. Parameters that could bring
// a key along (jwk, jku, x5u, x5c, x5t) are not here: nobody follows them (RFC 8725 section 3.10).
struct Header {
  Algorithm alg = Algorithm::kHs256;
  std::optional<std::string_view> kid;
  std::optional<std::string_view> typ;
  bool is_new = false;  // the reader might learn from it: see learn_header
};

// Reads, with a reader that knows kHeaderNames, the header JSON of `num_bytes` bytes at `text`,
// which has room for json_room_bytes(num_bytes). Returns kValid and fills in `header`, or the first
// header verdict that applies. The reader learns nothing: anybody may have written the header.
Verdict read_header(JsonReader& reader, char* text, size_t num_bytes, Header& header) noexcept;

// Lets the reader learn from such a header, now that its token's signature was found right.
void learn_header(JsonReader& reader, char* text, size_t num_bytes) noexcept;

// Whether two media types of a typ parameter are the same: ASCII case aside, and with
// "application/" implied where there is no slash (RFC 7515 section 4.1.9).
bool typ_equals(std::string_view a, std::string_view b) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_HEADER_H_
