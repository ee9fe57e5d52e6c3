// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tokens from a stream of any length, one a line, in bounded memory.

#ifndef SIMDJWT_TOOLS_CLI_TOKEN_LINES_H_
#define SIMDJWT_TOOLS_CLI_TOKEN_LINES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace simdjwt::cli {

// Lines end with LF or CRLF; the last one need not. Empty lines are skipped, but counted. Of a line
// too long for a token only so much is kept that it is still too long, so that the verifier itself
// refuses it.
//
//   buffer: | ...used up... | unfinished line | free |
//                           ^ begin_          ^ end_
class TokenLines {
 public:
  explicit TokenLines(int fd);

  // Reads until there are at least `num_tokens_min` tokens, the buffer is full or the input has
  // ended. Returns false when there are no more tokens. Throws Failure.
  bool next(size_t num_tokens_min = 1);

  // What next() read; valid until it is called again.
  std::span<const std::string_view> tokens() const { return tokens_; }
  uint64_t line_number(size_t index) const { return line_numbers_[index]; }

  bool at_end() const { return at_end_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  void compact();
  void read_some();
  void split();
  void take_line(size_t num_bytes);

  static constexpr size_t kBufferBytes = 256 * 1024;

  int fd_;
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::vector<std::string_view> tokens_;
  std::vector<uint64_t> line_numbers_;
  uint64_t lines_ = 0;
  uint64_t bytes_read_ = 0;
  bool at_end_ = false;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TOKEN_LINES_H_
