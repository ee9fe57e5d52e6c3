// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Files of Wycheproof. Set SIMDJWT_WYCHEPROOF_DIR to a folder with testvectors_v1 of
// C2SP/wycheproof.

#ifndef SIMDJWT_TESTS_CONFORMANCE_WYCHEPROOF_H_
#define SIMDJWT_TESTS_CONFORMANCE_WYCHEPROOF_H_

#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace simdjwt::testing {

// The file's root, or nullopt without the folder.
inline std::optional<simdjson::dom::element> load_wycheproof(simdjson::dom::parser& parser,
                                                             const char* file) {
  const char* folder = std::getenv("SIMDJWT_WYCHEPROOF_DIR");
  if (folder == nullptr) return std::nullopt;
  return parser.load((std::filesystem::path(folder) / file).string()).value();
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_CONFORMANCE_WYCHEPROOF_H_
