// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What ends the program with exit status 2: it could not do what it was asked to. A token that is
// rejected is no failure.

#ifndef SIMDJWT_TOOLS_CLI_FAILURE_H_
#define SIMDJWT_TOOLS_CLI_FAILURE_H_

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace simdjwt::cli {

// A file, a key or a setting is at fault; the message names it.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command line is at fault; the reader is sent to --help as well.
class UsageError : public Failure {
 public:
  using Failure::Failure;
};

// "key.jwk: No such file or directory"
inline Failure system_failure(const std::string& subject, int error_number = errno) {
  return Failure(subject + ": " + std::generic_category().message(error_number));
}

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_FAILURE_H_
