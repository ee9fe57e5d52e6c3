// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The walk over a JSON text behind JsonReader and JsonShape; nobody else needs it.

#ifndef SIMDJWT_CORE_JOSE_JSON_WALK_H_
#define SIMDJWT_CORE_JOSE_JSON_WALK_H_

#include <simdjwt/limits.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/json_index.h"
#include "jose/json_object.h"

namespace simdjwt::jose {

// What stands behind a text for kJsonPaddingBytes: it begins and continues nothing in JSON, so that
// the walk needs no bounds.
inline constexpr char kJsonPadding = 'x';

// The begins of the parts of a text that is not divided.
inline constexpr uint16_t kOnePart[] = {0};

// A text, and whether it has bytes that a string may not hold as they are: backslashes or control
// characters.
struct JsonText {
  char* chars;
  size_t size;
  bool check_strings;
};

// Steps from quote to quote.
class QuoteCursor {
 public:
  // `quotes` has a bit for every quote of the text, and ends with a sentinel whose bits are all
  // set, so that there is always a next one: behind the text.
  explicit QuoteCursor(const uint64_t* quotes) noexcept : words_(quotes), word_(*quotes) {}

  // Steps over the next quote.
  void skip() noexcept {
    skip_empty_words();
    word_ &= word_ - 1;
  }

  // Steps over the next quote and returns its position.
  size_t next() noexcept {
    skip_empty_words();
    const size_t position = begin_ + static_cast<unsigned>(std::countr_zero(word_));
    word_ &= word_ - 1;
    return position;
  }

  // Makes the first quote at or behind `position` the next one.
  void seek(size_t position) noexcept {
    begin_ = position / 64 * 64;
    word_ = words_[begin_ / 64] & (~uint64_t{0} << (position % 64));
  }

 private:
  void skip_empty_words() noexcept {
    while (word_ == 0) {
      begin_ += 64;
      word_ = words_[begin_ / 64];
    }
  }

  const uint64_t* words_;
  uint64_t word_;  // of the 64 positions from begin_ on, those not yet stepped over
  size_t begin_ = 0;
};

// Where the quotes of a text are.
class JsonQuotes {
 public:
  explicit JsonQuotes(const bytes::JsonIndexKernel& kernel) noexcept : kernel_(kernel) {}

  const bytes::JsonIndexKernel& kernel() const noexcept { return kernel_; }
  // Finds those of a text of at most kTokenBytesMax bytes. See JsonIndexKernel::index.
  bytes::JsonTraits find(const char* text, size_t num_bytes) noexcept;
  // Takes away those that a backslash makes part of their string. Outside strings a backslash is an
  // error that the walk finds, whatever happened to quotes behind it.
  void remove_escaped(std::string_view text) noexcept;

  QuoteCursor cursor() const noexcept { return QuoteCursor(words_.data()); }

 private:
  static constexpr size_t kBlocksMax =
      (kTokenBytesMax + bytes::kJsonIndexBlockBytes - 1) / bytes::kJsonIndexBlockBytes;

  const bytes::JsonIndexKernel& kernel_;
  std::array<uint64_t, kBlocksMax + 2> words_;  // and sentinels
};

// What the walk found in a valid object.
struct JsonFound {
  size_t num_members = 0;
  bool has_duplicates = false;
};

// Reads the value that begins at `at`, in a text without bytes to check: stores its type, place and
// whether it is plain in `member`. Returns the position behind it, or 0 if there is none.
size_t read_json_value(JsonText text, size_t at, QuoteCursor quotes, JsonMember& member) noexcept;

// Walks the whole text, lists the members of the outer object, and writes strings that have escapes
// without them kJsonPaddingBytes behind the text. False when the text is not one valid object.
bool walk_json_object(JsonText text, QuoteCursor quotes, std::span<JsonMember> members,
                      JsonFound& found) noexcept;

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_JSON_WALK_H_
