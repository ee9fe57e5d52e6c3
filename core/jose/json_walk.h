// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The walk over a JSON text behind JsonReader. Only json_object.cc includes this.

#ifndef SIMDJWT_CORE_JOSE_JSON_WALK_H_
#define SIMDJWT_CORE_JOSE_JSON_WALK_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/json_index.h"
#include "jose/json_object.h"

namespace simdjwt::jose {

// Steps from quote to quote.
class QuoteCursor {
 public:
  // `quotes` ends with a sentinel whose bits are all set, so that there is always a next one:
  // behind the text.
  explicit QuoteCursor(const uint64_t* quotes) noexcept : words_(quotes), word_(*quotes) {}

  size_t next() noexcept {
    while (word_ == 0) {
      begin_ += 64;
      word_ = words_[begin_ / 64];
    }
    const size_t position = begin_ + static_cast<size_t>(std::countr_zero(word_));
    word_ &= word_ - 1;
    return position;
  }

  // Makes the first quote at or behind `position` the next one.
  void seek(size_t position) noexcept {
    begin_ = position / 64 * 64;
    word_ = words_[begin_ / 64] & (~uint64_t{0} << (position % 64));
  }

 private:
  const uint64_t* words_;
  uint64_t word_;  // of the 64 positions from begin_ on, those not yet stepped over
  size_t begin_ = 0;
};

// One pass over the text. Every step takes the position of what it reads and returns the position
// behind it, or 0 for what is no JSON. There are no bounds to check: behind the text stand kPadding
// characters, which begin and continue nothing in JSON, and a quote that is one of the sentinel's
// lies behind the text.
//
// PERF NOTES. The quotes are known beforehand, so that a string costs two steps of the cursor,
// whatever its length, and the only chain through the whole text is the cursor's. The state of
// object()'s loop stays in registers; that is why steps return positions and the cursor is passed
// along. Tried and lost: simdjson's stage 1 with a walk over all structural characters (2.3 times
// the time); members that hold the begin of the value beside that of the raw text (two stores
// each).
class JsonWalk {
 public:
  static constexpr char kPadding = 'x';

  JsonWalk(char* text, size_t num_bytes, bytes::JsonTraits traits) noexcept
      : text_(text),
        text_bytes_(num_bytes),
        check_strings_(traits.has_backslash || traits.has_control),
        unescaped_(text + num_bytes + kJsonPaddingBytes) {}

  // Walks the whole text and lists its members. False when it is not one valid object.
  bool object(QuoteCursor quotes, std::span<JsonMember, kMembersMax> members) noexcept;

  // Of a valid object.
  size_t num_members() const noexcept { return num_members_; }
  bool has_duplicates() const noexcept { return has_duplicates_; }

 private:
  std::string_view text(size_t begin, size_t end) const noexcept {
    return {text_ + begin, end - begin};
  }
  // Position of the first character from `at` on that is not blank.
  size_t skip_blanks(size_t at) const noexcept;
  // Position behind the character `wanted`, blanks before it skipped.
  size_t take(char wanted, size_t at) const noexcept;

  size_t name(size_t at, QuoteCursor& quotes, JsonMember& member) noexcept;
  size_t value(size_t at, QuoteCursor& quotes, JsonMember& member) noexcept;
  size_t string(size_t at, QuoteCursor& quotes) const noexcept;
  size_t scalar(size_t at) const noexcept;
  size_t container(size_t at, QuoteCursor quotes) const noexcept;

  // Whether a string in [begin, end) holds neither control characters nor wrong escapes.
  bool is_clean(size_t begin, size_t end) const noexcept;
  // Writes the clean string in [begin, end) behind the text without its escapes, if it has any.
  bool unescape(size_t begin, size_t end, uint16_t& unescaped_begin,
                uint16_t& unescaped_chars) noexcept;

  char* const text_;
  const size_t text_bytes_;
  const bool check_strings_;  // whether the text has bytes that a string may not hold as they are
  char* unescaped_;           // where the next unescaped string goes
  size_t num_members_ = 0;
  bool has_duplicates_ = false;
};

// A hash of the name out of its length and its first eight bytes.
uint16_t name_tag(std::string_view name) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_WALK_H_
