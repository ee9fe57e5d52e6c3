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
  // As many as verify_batch() makes good use of; half of it takes as long.
  static constexpr size_t kBatchMax = 256;

  // Calls judge(std::span<const std::string_view>) with the tokens whose lines end in `piece`, in
  // order, `num_max` > 0 at a time or less. They are views, mostly into `piece`, and die with the
  // call. judge returns how many it takes next time, up to kBatchMax, or 0 to stop there. Returns
  // how many bytes of the piece were taken: all, unless it was stopped.
  template <class Judge>
  size_t add(std::string_view piece, size_t num_max, Judge judge) {
    if (piece.empty()) return 0;
    Batch batch(num_max);
    std::string_view rest = piece;
    if (!begun_.empty()) {
      const size_t end = rest.find('\n');
      keep(rest.substr(0, end));
      if (end == std::string_view::npos) return piece.size();
      batch.add_line(begun_, judge);
      rest.remove_prefix(end + 1);
    }
    while (!batch.is_stopped()) {
      const size_t end = rest.find('\n');
      if (end == std::string_view::npos) break;
      batch.add_line(rest.substr(0, end), judge);
      rest.remove_prefix(end + 1);
    }
    batch.flush(judge);
    begun_.clear();
    if (batch.is_stopped()) return piece.size() - rest.size();
    keep(rest);
    return piece.size();
  }

  // Behind the last piece: of judge(), which is called once at most, the result is ignored.
  template <class Judge>
  void finish(Judge judge) {
    const std::string_view last = begun_;
    if (!last.empty()) judge(std::span(&last, 1));
    begun_.clear();
  }

 private:
  class Batch {
   public:
    explicit Batch(size_t num_max) : num_max_(num_max) {}
    [[nodiscard]] bool is_stopped() const { return num_max_ == 0; }
    // Without its LF.
    template <class Judge>
    void add_line(std::string_view line, Judge& judge) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) add(line, judge);
    }
    template <class Judge>
    void add(std::string_view token, Judge& judge) {
      tokens_[num_tokens_++] = token;
      if (num_tokens_ >= num_max_) flush(judge);
    }
    template <class Judge>
    void flush(Judge& judge) {
      if (num_tokens_ == 0) return;
      num_max_ = judge(std::span<const std::string_view>(tokens_.data(), num_tokens_));
      num_tokens_ = 0;
    }

   private:
    std::array<std::string_view, kBatchMax> tokens_;
    size_t num_tokens_ = 0;
    size_t num_max_;
  };

  // Also without a CR at the end, the part kept of what is too large is too large.
  void keep(std::string_view more) {
    begun_.append(more.substr(0, kTokenBytesMax + 2 - begun_.size()));
  }

  std::string begun_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_TOKEN_LINES_H_
