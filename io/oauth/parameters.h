// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Parameters: what a client sends to a token endpoint, as a form or as JSON.

#ifndef SIMDJWT_IO_OAUTH_PARAMETERS_H_
#define SIMDJWT_IO_OAUTH_PARAMETERS_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/control_request.h"

namespace simdjwt::oauth {

class Parameters {
 public:
  // kInvalidArgument for a body of another type, and where a parameter other than "resource" occurs
  // twice (RFC 6749 section 3.2, RFC 8707 section 2). Parameters that nobody knows are ignored.
  [[nodiscard]] static absl::StatusOr<Parameters> of_form(const serve::ControlRequest& request);
  // An object, whose members that are no strings are ignored too.
  [[nodiscard]] static absl::StatusOr<Parameters> of_json(const serve::ControlRequest& request);

  // Empty if absent: the two mean the same.
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] static absl::StatusOr<Parameters> checked(Fields fields);

  Fields fields_;
};

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_IO_OAUTH_PARAMETERS_H_
