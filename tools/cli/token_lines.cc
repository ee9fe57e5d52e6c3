// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/token_lines.h"

#include <simdjwt/limits.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/failure.h"

namespace simdjwt::cli {
namespace {

// One more than the longest token, and one more still, as a CR at the end belongs to the line end.
constexpr size_t kKeptBytesMax = kTokenBytesMax + 2;

}  // namespace

TokenLines::TokenLines(int fd) : fd_(fd), buffer_(std::make_unique<char[]>(kBufferBytes)) {}

bool TokenLines::next(size_t num_tokens_min) {
  tokens_.clear();
  line_numbers_.clear();
  while (!at_end_ && tokens_.size() < num_tokens_min) {
    if (tokens_.empty()) compact();
    if (end_ == kBufferBytes) break;
    read_some();
    split();
  }
  return !tokens_.empty();
}

void TokenLines::compact() {
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

void TokenLines::read_some() {
  ssize_t count;
  do {
    count = read(fd_, buffer_.get() + end_, kBufferBytes - end_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw system_failure("standard input");
  at_end_ = count == 0;
  end_ += static_cast<size_t>(count);
  bytes_read_ += static_cast<uint64_t>(count);
}

void TokenLines::split() {
  while (begin_ < end_) {
    const char* line = buffer_.get() + begin_;
    const auto* feed = static_cast<const char*>(std::memchr(line, '\n', end_ - begin_));
    if (feed == nullptr) break;
    const bool has_return = feed != line && feed[-1] == '\r';
    take_line(static_cast<size_t>(feed - line) - (has_return ? 1 : 0));
    begin_ = static_cast<size_t>(feed - buffer_.get()) + 1;
  }
  if (at_end_ && begin_ < end_) {
    take_line(end_ - begin_);
    begin_ = end_;
  }
  end_ = std::min(end_, begin_ + kKeptBytesMax);
}

void TokenLines::take_line(size_t num_bytes) {
  ++lines_;
  if (num_bytes == 0) return;
  tokens_.emplace_back(buffer_.get() + begin_, num_bytes);
  line_numbers_.push_back(lines_);
}

}  // namespace simdjwt::cli
