// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Trouble: under which heading of the manual people find what befell them, and what to do about it.

#ifndef SIMDJWT_IO_REGISTRY_TROUBLES_H_
#define SIMDJWT_IO_REGISTRY_TROUBLES_H_

#include <optional>
#include <string_view>

#include "serve/outcome.h"
#include "simdjwt/verdict.h"

namespace simdjwt::registry {

// Static storage. Also of what is accepted, which takes no advice.
struct Trouble {
  std::string_view heading;
  std::string_view advice;
};

// `is_field`: whether the token came in one. `is_others`: whether it is another account's.
[[nodiscard]] Trouble trouble_of(serve::Outcome outcome, std::optional<Verdict> verdict,
                                 bool is_field, bool is_others) noexcept;

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_TROUBLES_H_
