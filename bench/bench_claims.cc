// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// From claims JSON to typed claims: our strict reader, against simdjson's stage 1 (which finds the
// structural characters and understands nothing yet), its DOM parser (which builds a document but
// reads no claim out of it) and nlohmann::json with the claims read. One iteration is one claims
// object.

#include <simdjson.h>

#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bytes/kernels.h"
#include "corpus.h"
#include "jose/claims.h"
#include "jose/json_reader.h"
#include "runner.h"

#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#endif

namespace simdjwt::bench {
namespace {

// As many as fit the second-level cache with their room: in a verification the text was decoded
// just before.
constexpr size_t kNumTexts = 1000;

// What all contenders must read out of a text.
struct Known {
  std::string iss, sub, aud, jti;
  int64_t iat = 0, nbf = 0, exp = 0;
  friend bool operator==(const Known&, const Known&) = default;
};

// Texts side by side, each with the room behind it that any contender needs.
class Texts {
 public:
  explicit Texts(const std::vector<std::string>& texts)
      : bytes_(texts.front().size()),
        stride_(jose::json_room_bytes(bytes_)),
        room_(texts.size() * stride_, ' '),
        size_(texts.size()) {
    for (size_t i = 0; i < size_; ++i) std::memcpy((*this)[i], texts[i].data(), bytes_);
  }
  size_t size() const { return size_; }
  size_t bytes() const { return bytes_; }
  char* operator[](size_t i) { return room_.data() + i * stride_; }

 private:
  size_t bytes_;
  size_t stride_;
  std::vector<char> room_;
  size_t size_;
};

// Reads the `bytes` bytes at `text`, which has json_room_bytes(bytes) of room. The first is what is
// timed; the second shows that it understands what it reads.
class Contender {
 public:
  virtual ~Contender() = default;
  virtual bool parse(char* text, size_t bytes) = 0;
  virtual std::optional<Known> read(char* text, size_t bytes) = 0;
};

class Ours final : public Contender {
 public:
  bool parse(char* text, size_t bytes) override {
    claims_.emplace();
    reader_.release_objects();
    if (claims_->read(reader_, text, bytes, members_) != jose::JsonStatus::kOk) return false;
    VerdictSet malformed;
    claims_->check_strings(malformed);
    claims_->read_dates(malformed);
    return malformed.empty();
  }

  std::optional<Known> read(char* text, size_t bytes) override {
    if (!parse(text, bytes)) return std::nullopt;
    const auto text_of = [](std::optional<std::string_view> claim) {
      return std::string(claim.value_or(""));
    };
    return Known{.iss = text_of(claims_->iss()),
                 .sub = text_of(claims_->sub()),
                 .aud = claims_->has_aud(kAud) ? std::string(kAud) : "",
                 .jti = text_of(claims_->jti()),
                 .iat = claims_->iat().value_or(-1),
                 .nbf = claims_->nbf().value_or(-1),
                 .exp = claims_->exp().value_or(-1)};
  }

 private:
  jose::JsonReader reader_{*bytes::selected_kernels().json, jose::kClaimNames};
  jose::JsonMembers members_;
  std::optional<jose::Claims> claims_;  // a new one for each text, as for each token
};

class SimdjsonDom : public Contender {
 public:
  bool parse(char* text, size_t bytes) override {
    return parser_.parse(text, bytes, /*realloc_if_needed=*/false).error() == simdjson::SUCCESS;
  }

  std::optional<Known> read(char* text, size_t bytes) override {
    simdjson::dom::element document;
    if (parser_.parse(text, bytes, false).get(document) != simdjson::SUCCESS) return std::nullopt;
    const auto text_of = [&](const char* name) {
      std::string_view value;
      return document[name].get(value) == simdjson::SUCCESS ? std::string(value) : "";
    };
    const auto date_of = [&](const char* name) {
      int64_t value = -1;
      return document[name].get(value) == simdjson::SUCCESS ? value : -1;
    };
    return Known{.iss = text_of("iss"),
                 .sub = text_of("sub"),
                 .aud = text_of("aud"),
                 .jti = text_of("jti"),
                 .iat = date_of("iat"),
                 .nbf = date_of("nbf"),
                 .exp = date_of("exp")};
  }

 private:
  simdjson::dom::parser parser_;
};

// Finds the structural characters and checks UTF-8; understands nothing yet, so the DOM answers for
// it.
class SimdjsonStage1 final : public SimdjsonDom {
 public:
  SimdjsonStage1() {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            kTokenBytesMax, 1, parser_) != simdjson::SUCCESS) {
      std::abort();
    }
  }
  bool parse(char* text, size_t bytes) override {
    return parser_->stage1(reinterpret_cast<const uint8_t*>(text), bytes,
                           simdjson::stage1_mode::regular) == simdjson::SUCCESS;
  }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
};

#ifdef NLOHMANN_JSON_VERSION_MAJOR
class Nlohmann final : public Contender {
 public:
  bool parse(char* text, size_t bytes) override { return read(text, bytes).has_value(); }

  std::optional<Known> read(char* text, size_t bytes) override {
    const auto json = nlohmann::json::parse(text, text + bytes, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return Known{.iss = json.value("iss", ""),
                 .sub = json.value("sub", ""),
                 .aud = json.value("aud", ""),
                 .jti = json.value("jti", ""),
                 .iat = json.value("iat", int64_t{-1}),
                 .nbf = json.value("nbf", int64_t{-1}),
                 .exp = json.value("exp", int64_t{-1})};
  }
};
#endif

// What no contender may take; SimdjsonDom and nlohmann keep one of two duplicates, ours refuses.
constexpr std::string_view kBadTexts[] = {
    R"({"exp":4000000000)",          R"({"exp":4000000000,})",
    R"({"exp":4000000000}})",        R"({"exp":04000000000})",
    R"({"exp":4000000000 "a":"b"})", "{\"exp\":4000000000,\"sub\":\"\xff\"}",
    R"({"exp":4000000000,"a":tru})", R"({"exp":4000000000,"a":[1,2})",
};
constexpr std::string_view kDuplicate = R"({"exp":4000000000,"\u0065xp":1})";

bool takes(Contender& contender, std::string_view text) {
  Texts room({std::string(text)});
  return contender.read(room[0], room.bytes()).has_value();
}

std::string gate(Contender& contender, Texts& texts) {
  SimdjsonDom reference;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto claims = contender.read(texts[i], texts.bytes());
    if (!claims) return "refuses good claims";
    if (claims != reference.read(texts[i], texts.bytes())) return "reads other claims than the DOM";
    if (claims->exp != kFirstExp + static_cast<int64_t>(i)) return "reads a wrong exp";
    if (!contender.parse(texts[i], texts.bytes())) return "refuses good claims when timed";
  }
  for (const std::string_view text : kBadTexts) {
    if (takes(contender, text)) return "takes " + std::string(text);
  }
  if (dynamic_cast<Ours*>(&contender) != nullptr && takes(contender, kDuplicate)) {
    return "takes a duplicate";
  }
  return {};
}

template <class C>
void add(const std::string& name, ClaimsForm form) {
  benchmark::RegisterBenchmark(("claims/" + name).c_str(), [form](benchmark::State& state) {
    auto claims = claims_texts(form);
    claims.resize(kNumTexts);
    Texts texts(claims);
    C contender;
    if (const std::string complaint = gate(contender, texts); !complaint.empty()) {
      return refuse(state, complaint);
    }
    while (state.KeepRunningBatch(kNumTexts)) {
      for (size_t i = 0; i < kNumTexts; ++i) {
        bool good = contender.parse(texts[i], texts.bytes());
        benchmark::DoNotOptimize(good);
      }
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(texts.bytes()));
  });
}

void add_all(const std::string& suffix, ClaimsForm form) {
  add<Ours>("simdjwt" + suffix, form);
  add<SimdjsonStage1>("simdjson_stage1" + suffix, form);
  add<SimdjsonDom>("simdjson_dom_parse" + suffix, form);
#ifdef NLOHMANN_JSON_VERSION_MAJOR
  add<Nlohmann>("nlohmann" + suffix, form);
#endif
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  using namespace simdjwt::bench;
  add_all("/bytes:194", ClaimsForm::kPlain);
  add_all("/bytes:194/shuffled", ClaimsForm::kShuffled);
  add_all("/bytes:250", ClaimsForm::kWithRoles);
  return run_benchmarks(argc, argv);
}
