// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/confirm.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdio>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/words.h"

namespace simdjwt::cli {

void add_yes_option(CLI::App& app, bool& yes) {
  app.add_flag("--yes", yes, "Do it without asking");
}

void confirm(const std::string& consequence, bool yes) {
  if (yes) return;
  if (isatty(STDIN_FILENO) == 0) {
    throw UsageError("--yes is needed where nobody can be asked: " + consequence);
  }
  claim_standard_input();
  (void)std::fputs((printable(consequence) + " Go on? [y/N] ").c_str(), stderr);
  char answer[8] = {};
  if (std::fgets(answer, sizeof(answer), stdin) == nullptr ||
      (answer[0] != 'y' && answer[0] != 'Y')) {
    throw Failure("nothing was changed");
  }
}

}  // namespace simdjwt::cli
