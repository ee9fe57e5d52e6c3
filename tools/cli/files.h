// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whole files in and out, bounded, with errors that name the file. "-" is standard input.

#ifndef SIMDJWT_TOOLS_CLI_FILES_H_
#define SIMDJWT_TOOLS_CLI_FILES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace simdjwt::cli {

// A file's bytes, wiped when they go: most of the files that are read hold secrets.
class FileBytes {
 public:
  explicit FileBytes(size_t capacity);
  FileBytes(FileBytes&&) noexcept = default;
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes();

  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  friend FileBytes read_file_prefix(const std::string& path, size_t bytes_max);
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
};

// The first `bytes_max` bytes of a file that has at least one. Throws Failure.
FileBytes read_file_prefix(const std::string& path, size_t bytes_max);

// All of a file of 1 to `bytes_max` bytes. Throws Failure.
FileBytes read_file(const std::string& path, size_t bytes_max);

// Warns about a key file that users other than its owner may read.
void warn_if_readable_by_others(const std::string& path);

// Takes standard input for one purpose. Throws Failure when it is taken already: two readers would
// each get a part.
void claim_standard_input();

// Text without one final line end, LF or CRLF. Editors put one there.
std::string_view without_line_end(std::string_view text);

// "standard input" for "-".
std::string shown_path(const std::string& path);

enum class Existing : bool { kKeep, kReplace };

// Makes a file that its owner alone may read, on disk before this returns. An existing file is
// never touched, or replaced in one step. Throws Failure and leaves nothing half written.
void write_secret_file(const std::string& path, std::string_view bytes, Existing existing);

// The same, for a file that everyone may read.
void write_public_file(const std::string& path, std::string_view bytes, Existing existing);

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_FILES_H_
