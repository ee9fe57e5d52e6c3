// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The claims of a token, the registered ones (RFC 7519 section 4.1) typed.

#ifndef SIMDJWT_CORE_JOSE_CLAIMS_H_
#define SIMDJWT_CORE_JOSE_CLAIMS_H_

#include <simdjwt/verdict.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "jose/json_number.h"
#include "jose/json_object.h"
#include "jose/json_reader.h"

namespace simdjwt::jose {

// The registered names, which a reader of claims has to know: by their order here they are found
// again.
inline constexpr std::string_view kClaimNames[] = {"iss", "sub", "jti", "aud", "exp", "nbf", "iat"};
static_assert(std::size(kClaimNames) <= kKnownNamesMax);

// Filled in place: copying what was just written in pieces costs more than reading it.
class Claims {
 public:
  Claims() = default;
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  // Reads the claims JSON of `num_bytes` bytes at `text` (see JsonReader::read) with a reader that
  // knows kClaimNames.
  JsonStatus read(JsonReader& reader, char* text, size_t num_bytes, JsonMembers& members) noexcept {
    return reader.read(text, num_bytes, members, object_);
  }

  // To be called next: reads the dates.
  void read_dates(VerdictSet& malformed) noexcept;
  // That these two give a verdict for each registered claim of the wrong type: an error also where
  // nobody checks the claim.
  void check_strings(VerdictSet& malformed) const noexcept;

  // For notes on what follows from the types of all registered claims and the values of iss and
  // aud. See JsonReader::note.
  static JsonNote* note(JsonReader& reader) noexcept { return reader.note(1 << kIss | 1 << kAud); }

  [[nodiscard]] const JsonObject& object() const noexcept { return object_; }

  // nullopt for a claim that is absent or malformed.
  [[nodiscard]] std::optional<std::string_view> iss() const noexcept { return string(kIss); }
  [[nodiscard]] std::optional<std::string_view> sub() const noexcept { return string(kSub); }
  [[nodiscard]] std::optional<std::string_view> jti() const noexcept { return string(kJti); }
  [[nodiscard]] std::optional<int64_t> exp() const noexcept { return exp_.get(); }
  [[nodiscard]] std::optional<int64_t> nbf() const noexcept { return nbf_.get(); }
  [[nodiscard]] std::optional<int64_t> iat() const noexcept { return iat_.get(); }

  // Whether there is an aud at all, and whether it is, or contains, `audience`.
  [[nodiscard]] bool has_any_aud() const noexcept { return object_.find_known(kAud) != nullptr; }
  [[nodiscard]] bool has_aud(std::string_view audience) const noexcept {
    const JsonMember* const aud = object_.find_known(kAud);
    if (aud == nullptr) return false;
    if (aud->type == JsonType::kString) return object_.string(*aud) == audience;
    return has_aud_element(*aud, audience);
  }

 private:
  enum Known : uint8_t { kIss, kSub, kJti, kAud, kExp, kNbf, kIat };  // as in kClaimNames

  [[nodiscard]] std::optional<std::string_view> string(Known name) const noexcept {
    const JsonMember* const member = object_.find_known(name);
    if (member == nullptr || member->type != JsonType::kString) return std::nullopt;
    return object_.string(*member);
  }

  // An optional date that is written field by field: an std::optional is copied as a whole, which
  // has to wait for its fields to reach the cache (measured: 20 ns for each of the three).
  struct Date {
    bool is_present = false;
    int64_t seconds = 0;
    [[nodiscard]] std::optional<int64_t> get() const noexcept {
      return is_present ? std::optional(seconds) : std::nullopt;
    }
  };

  [[nodiscard]] bool has_aud_element(const JsonMember& aud,
                                     std::string_view audience) const noexcept;
  void read_date(Known name, Rounding rounding, Verdict if_wrong, Date& date,
                 VerdictSet& malformed) const noexcept;

  JsonObject object_;
  Date exp_;
  Date nbf_;
  Date iat_;
};

}  // namespace simdjwt::jose

#endif  // SIMDJWT_CORE_JOSE_CLAIMS_H_
