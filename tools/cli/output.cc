// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/output.h"

#include <cstdio>

#include "cli/failure.h"
#include "cli/words.h"

namespace simdjwt::cli {

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    throw system_failure("standard output");
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0) throw system_failure("standard output");
}

void tell(const std::string& line) {
  // Nobody is left to be told if this fails.
  (void)std::fputs((printable(line) + '\n').c_str(), stderr);
}

void warn(const std::string& message) { tell("simdjwt: warning: " + message); }

}  // namespace simdjwt::cli
