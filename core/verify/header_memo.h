// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Remembers encoded headers: most traffic repeats a few, and comparing one costs a tenth of
// decoding, parsing and looking up its key.

#ifndef SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_
#define SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_

#include <simdjwt/key.h>
#include <simdjwt/verdict.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace simdjwt::internal {

// All that a verifier needs of a header it can accept, so that the header's text is done with.
struct HeaderFacts {
  Algorithm alg = Algorithm::kHs256;
  Verdict typ_verdict = Verdict::kValid;
  std::span<const Key> candidates;  // into the verifier's key set
};

// Direct-mapped: 256 lines, each the header that was last verified among those that map to it.
//
// Only headers of tokens whose signature was right are remembered, so that nobody without a key can
// push others out; and an entry belongs to one verifier, whose keys and policy never change. Every
// byte is compared: unlike a hash, that leaves nothing to chance.
class HeaderMemo {
 public:
  HeaderMemo() = default;
  HeaderMemo(const HeaderMemo&) = delete;
  HeaderMemo& operator=(const HeaderMemo&) = delete;

  static constexpr size_t kRememberedCharsMax = 224;  // longer headers are parsed each time

  // The facts of this header for the verifier of this id, or null.
  const HeaderFacts* find(uint64_t verifier_id, std::string_view header) noexcept {
    Line& line = lines_[index(header)];
    if (!line.holds(verifier_id, header)) return nullptr;
    last_ = &line;
    return &line.facts;
  }

  // The facts of the header that was found or remembered last, if it is the one that `token` begins
  // with, dot included, and where it ends; or null.
  const HeaderFacts* find_last(uint64_t verifier_id, std::string_view token,
                               size_t& header_end) const noexcept {
    header_end = last_->num_chars;
    if (last_->verifier_id != verifier_id || token.size() <= header_end) return nullptr;
    return std::memcmp(last_->chars, token.data(), header_end + 1) == 0 ? &last_->facts : nullptr;
  }

  void remember(uint64_t verifier_id, std::string_view header, const HeaderFacts& facts) noexcept {
    if (header.size() > kRememberedCharsMax) return;
    last_ = &lines_[index(header)];
    last_->verifier_id = verifier_id;
    last_->num_chars = static_cast<uint32_t>(header.size());
    last_->facts = facts;
    std::memcpy(last_->chars, header.data(), header.size());
    last_->chars[header.size()] = '.';
  }

 private:
  static constexpr size_t kNumLines = 256;

  struct Line {
    bool holds(uint64_t id, std::string_view header) const noexcept {
      return verifier_id == id && num_chars == header.size() &&
             std::memcmp(chars, header.data(), header.size()) == 0;
    }

    uint64_t verifier_id = 0;  // no verifier has the id 0
    uint32_t num_chars = 0;
    HeaderFacts facts;
    char chars[kRememberedCharsMax + 1];  // and a dot
  };

  // A hash of the last 24 characters and the length: where a kid ends that stands last, or last but
  // for alg or typ, as issuers write it. Headers that meet in one line only lose the memo.
  static size_t index(std::string_view header) noexcept {
    if (header.size() < 24) return header.size();
    uint64_t words[3];
    std::memcpy(words, header.data() + header.size() - 24, 24);
    const uint64_t hash =
        (words[0] ^ std::rotl(words[1], 21) ^ std::rotl(words[2], 42) ^ header.size()) *
        0x9e3779b97f4a7c15;
    return hash >> 56;
  }

  std::array<Line, kNumLines> lines_;
  Line* last_ = &lines_[0];
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_
