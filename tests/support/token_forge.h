// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Makes tokens, right and wrong, without any code of the library under test: the encoding is
// written out here, the tag comes from OpenSSL.

#ifndef SIMDJWT_TESTS_SUPPORT_TOKEN_FORGE_H_
#define SIMDJWT_TESTS_SUPPORT_TOKEN_FORGE_H_

#include <simdjwt/key.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace simdjwt::testing {

// What the clock says in all tests: 2025-06-15T15:06:40Z.
inline constexpr int64_t kNow = 1750000000;

// Long enough for every HMAC algorithm, and without a byte that anything could trip over.
inline constexpr std::string_view kSecret =
    "the secret of all these tests, known to the issuer and verifiers";
inline constexpr std::string_view kOtherSecret =
    "the secret of somebody else, who must not be able to sign for us";
static_assert(kSecret.size() == 64 && kOtherSecret.size() == 64);

inline constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
inline constexpr std::string_view kClaims = R"({"sub":"alice","exp":1750003600})";

// --- Right ---

// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes);

// The HMAC of `message`, in raw bytes.
std::string hmac_tag(Algorithm algorithm, std::string_view secret, std::string_view message);

// "<header>.<payload>.<tag>" with a right tag over whatever these two already encoded parts are.
std::string sign_parts(std::string_view header_part, std::string_view payload_part,
                       std::string_view secret = kSecret, Algorithm algorithm = Algorithm::kHs256);

// A token of these bytes with a right tag. The header is not looked at: it may name any algorithm.
std::string forge(std::string_view header, std::string_view payload,
                  std::string_view secret = kSecret, Algorithm algorithm = Algorithm::kHs256);

// forge() under a plain HS256 header.
std::string forge_claims(std::string_view claims);

// --- Wrong: other spellings of the same bytes ---

// With the '=' that base64url of JWS leaves out; unchanged where none would be due.
std::string with_padding(std::string encoded);

// With the unused low bits of the last character set to `bits`. Only for lengths that have unused
// bits: two (length 3 mod 4) or four (2 mod 4) of them.
std::string with_stray_bits(std::string encoded, unsigned bits);
unsigned num_stray_bits(std::string_view encoded);

// '+' and '/' for '-' and '_'.
std::string in_standard_alphabet(std::string encoded);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_TOKEN_FORGE_H_
