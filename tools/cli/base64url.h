// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Base64url without padding (RFC 4648 section 5), where speed does not matter.

#ifndef SIMDJWT_TOOLS_CLI_BASE64URL_H_
#define SIMDJWT_TOOLS_CLI_BASE64URL_H_

#include <string>
#include <string_view>

namespace simdjwt::cli {

std::string base64url_encode(std::string_view bytes);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_BASE64URL_H_
