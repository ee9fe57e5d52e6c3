// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Remembers encoded headers: most traffic repeats a few, and comparing one costs a tenth of
// decoding, parsing and looking up its key. And behind each what the tokens signed first.

#ifndef SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_
#define SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_

#include <simdjwt/key.h>
#include <simdjwt/verdict.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "jose/key_material.h"
#include "verify/hashed_begin.h"

namespace simdjwt::internal {

class KeyTable;

// All that a verifier needs of a header it can accept, so that the header's text is done with.
struct HeaderFacts {
  Algorithm alg = Algorithm::kHs256;
  Verdict typ_verdict = Verdict::kValid;
  uint16_t signature_chars = 0;     // of the key that verified the last token with this header
  const KeyTable* keys = nullptr;   // the verifier's, or those of one of its issuers
  std::span<const Key> candidates;  // among them
};

// Direct-mapped: 256 entries, each the header that was last verified among those that map to it.
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

  // A header, and what all signing inputs with it had in common.
  struct Entry {
    std::string_view header() const noexcept { return {text, header_chars}; }

    // The begin, if `token` has it; it may be that of another key. Else null.
    const HashedBegin* begin_of(std::string_view token) const noexcept {
      return token.size() >= begin.num_chars &&
                     std::memcmp(text, token.data(), begin.num_chars) == 0
                 ? &begin
                 : nullptr;
    }

    uint64_t verifier_id = 0;  // no verifier has the id 0
    uint32_t header_chars = 0;
    uint32_t shared_chars = 0;
    HeaderFacts facts;
    HashedBegin begin;
    char text[HashedBegin::kCharsMax];  // a signing input: header, dot, begin of the claims
  };
  static_assert(kRememberedCharsMax < HashedBegin::kCharsMax);

  // What is known of this header by the verifier of this id, or null.
  const Entry* find(uint64_t verifier_id, std::string_view header) noexcept {
    Entry& entry = entries_[index(header)];
    if (entry.verifier_id != verifier_id || entry.header() != header) return nullptr;
    last_ = &entry;
    return &entry;
  }

  // The entry that was found or remembered last, if `token` begins with its header and a dot, and
  // its begin, if the token has that, too; or null.
  const Entry* find_last(uint64_t verifier_id, std::string_view token,
                         const HashedBegin*& begin) const noexcept {
    const size_t header_end = last_->header_chars;
    if (last_->verifier_id != verifier_id || token.size() <= header_end) return nullptr;
    begin = last_->begin_of(token);
    const bool has_header = (begin != nullptr && begin->num_chars > header_end) ||
                            std::memcmp(last_->text, token.data(), header_end + 1) == 0;
    return has_header ? last_ : nullptr;
  }

  // Remembers the header of a token, of which `signing_input` is what was signed.
  void remember(uint64_t verifier_id, size_t header_chars, std::string_view signing_input,
                const HeaderFacts& facts) noexcept {
    if (header_chars > kRememberedCharsMax) return;
    last_ = &entries_[index(signing_input.substr(0, header_chars))];
    last_->verifier_id = verifier_id;
    last_->header_chars = static_cast<uint32_t>(header_chars);
    last_->facts = facts;
    last_->begin = {};
    last_->shared_chars =
        static_cast<uint32_t>(signing_input.copy(last_->text, HashedBegin::kCharsMax));
  }

  // Lets the begin of such a header's tokens be what they share with one that does not have it, or
  // was verified by another key.
  void learn_begin(uint64_t verifier_id, size_t header_chars, std::string_view signing_input,
                   const bytes::Kernels& kernels, const KeyMaterial& key) noexcept {
    if (find(verifier_id, signing_input.substr(0, header_chars)) == nullptr) return;
    const std::string_view known(last_->text, last_->shared_chars);
    const auto [end, other] =
        std::mismatch(known.begin(), known.end(), signing_input.begin(), signing_input.end());
    last_->shared_chars = static_cast<uint32_t>(end - known.begin());
    last_->begin.hash({last_->text, last_->shared_chars}, kernels, key);
  }

 private:
  static constexpr size_t kNumEntries = 256;

  // A hash of the last 24 characters and the length: where a kid ends that stands last, or last but
  // for alg or typ, as issuers write it. Headers that meet in one entry only lose the memo.
  static size_t index(std::string_view header) noexcept {
    if (header.size() < 24) return header.size();
    uint64_t words[3];
    std::memcpy(words, header.data() + header.size() - 24, 24);
    const uint64_t hash =
        (words[0] ^ std::rotl(words[1], 21) ^ std::rotl(words[2], 42) ^ header.size()) *
        0x9e3779b97f4a7c15;
    return hash >> 56;
  }

  std::array<Entry, kNumEntries> entries_;
  Entry* last_ = &entries_[0];
};

}  // namespace simdjwt::internal

#endif  // SIMDJWT_CORE_VERIFY_HEADER_MEMO_H_
