// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TokenLines: the tokens of a stream, one a line, in batches.

#ifndef SIMDJWT_IO_SERVE_TOKEN_LINES_H_
#define SIMDJWT_IO_SERVE_TOKEN_LINES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "simdjwt/limits.h"

namespace simdjwt::serve {

// Takes a stream in pieces of any size. What it keeps between them is a token that has begun, and
// of one that is too large no more than shows it to be so:
//
//   piece 1   eyJ...aaa\neyJ...bbb\neyJ.      judged: aaa, bbb     kept: eyJ.
//   piece 2   ..ccc\neyJ...ddd\n              judged: ccc, ddd     kept: nothing
//
// Lines end with LF or CRLF. Empty ones are skipped; the last one may lack its end.
class TokenLines {
 public:
  // As many as verify_batch() makes good use of.
  static constexpr size_t kBatchMax = 256;

  // Calls judge(std::span<const std::string_view>) with the tokens whose lines end in `piece`, in
  // order, kBatchMax at a time. They are views, mostly into `piece`, and die with the call.
  template <class Judge>
  void add(std::string_view piece, Judge judge) {
    if (piece.empty()) return;
    Batch batch;
    if (!begun_.empty()) {
      const size_t end = piece.find('\n');
      keep(piece.substr(0, end));
      if (end == std::string_view::npos) return;
      batch.add_line(begun_, judge);
      piece.remove_prefix(end + 1);
    }
    while (true) {
      const size_t end = piece.find('\n');
      if (end == std::string_view::npos) break;
      batch.add_line(piece.substr(0, end), judge);
      piece.remove_prefix(end + 1);
    }
    batch.flush(judge);
    begun_.clear();
    keep(piece);
  }

  // Behind the last piece.
  template <class Judge>
  void finish(Judge judge) {
    Batch batch;
    if (!begun_.empty()) batch.add(begun_, judge);
    batch.flush(judge);
    begun_.clear();
  }

 private:
  class Batch {
   public:
    // Without its LF.
    template <class Judge>
    void add_line(std::string_view line, Judge& judge) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) add(line, judge);
    }
    template <class Judge>
    void add(std::string_view token, Judge& judge) {
      tokens_[num_tokens_++] = token;
      if (num_tokens_ == kBatchMax) flush(judge);
    }
    template <class Judge>
    void flush(Judge& judge) {
      if (num_tokens_ > 0) judge(std::span<const std::string_view>(tokens_.data(), num_tokens_));
      num_tokens_ = 0;
    }

   private:
    std::array<std::string_view, kBatchMax> tokens_;
    size_t num_tokens_ = 0;
  };

  // Also without a CR at the end, the part kept of what is too large is too large.
  void keep(std::string_view more) {
    begun_.append(more.substr(0, kTokenBytesMax + 2 - begun_.size()));
  }

  std::string begun_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_TOKEN_LINES_H_
