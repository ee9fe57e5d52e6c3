// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Standard output that notices when nobody gets it, and warnings.

#ifndef SIMDJWT_TOOLS_CLI_OUTPUT_H_
#define SIMDJWT_TOOLS_CLI_OUTPUT_H_

#include <string>
#include <string_view>

namespace simdjwt::cli {

// Buffered. Throws Failure when the bytes can go nowhere: a full disk, a closed pipe. An exit
// status of 0 must mean that the reader got everything.
void print(std::string_view text);
void flush_output();

// One line on standard error, made printable.
void tell(const std::string& line);

// "simdjwt: warning: ..." on standard error.
void warn(const std::string& message);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_OUTPUT_H_
