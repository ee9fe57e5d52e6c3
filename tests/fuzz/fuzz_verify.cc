// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whole verifications, from every kernel, single and in a batch: the exact verdict of the reference
// verifier, with keys for all tokens and with keys that are each one issuer's. The first byte
// chooses: the rest is a token as it is, or claims, or header and claims divided by a line end,
// that are signed, so that the fuzzer comes to what lies behind the signature.

#include <simdjwt/simdjwt.h>

#include <array>
#include <string>
#include <vector>

#include "fuzz/require.h"
#include "support/fixtures.h"

using namespace simdjwt;
using simdjwt::testing::forge;
using simdjwt::testing::kHeader;
using simdjwt::testing::kNow;
using simdjwt::testing::kOtherSecret;
using simdjwt::testing::kSecret;
using simdjwt::testing::ReferenceKey;
using simdjwt::testing::ReferenceVerifier;

namespace {

std::string make_token(uint8_t choice, std::string_view rest) {
  switch (choice % 3) {
    case 0:
      return std::string(rest);
    case 1:
      return forge(kHeader, rest);
    default: {
      const size_t line_end = rest.find('\n');
      if (line_end == std::string_view::npos) return forge(rest, "{}");
      return forge(rest.substr(0, line_end), rest.substr(line_end + 1));
    }
  }
}

ReferenceVerifier make_reference(bool by_issuer) {
  const std::string secret(kSecret);
  const std::string issuer = "https://issuer.example";
  ReferenceVerifier reference{.keys = {{"", Algorithm::kHs256, secret, issuer},
                                       {"k1", Algorithm::kHs256, secret, issuer},
                                       {"k2", Algorithm::kHs512, secret, issuer}},
                              .by_issuer = by_issuer,
                              .iss = std::nullopt,
                              .aud = std::nullopt,
                              .exp_required = true,
                              .leeway_seconds = 30};
  if (by_issuer) {
    reference.keys.push_back({"k1", Algorithm::kHs256, secret, ""});
    reference.keys.push_back({"", Algorithm::kHs256, std::string(kOtherSecret), "b"});
  } else {
    reference.iss = issuer;
    for (ReferenceKey& key : reference.keys) key.issuer.clear();
  }
  return reference;
}

void judge(const ReferenceVerifier& reference, const Verifier& verifier, std::string_view token) {
  static std::vector scratches = simdjwt::testing::make_kernel_scratches();
  static const std::string good =
      forge(kHeader, R"({"iss":"https://issuer.example","exp":1750003600})");
  const Verdict expected = reference.verify(token, kNow);
  const std::array<std::string_view, 5> batch = {good, token, good, token, good};
  for (auto& [kernel, scratch] : scratches) {
    require(verifier.verify(token, scratch, kNow).verdict() == expected);
    std::array<VerifyResult, 5> results;
    verifier.verify_batch(batch, results, scratch, kNow);
    for (size_t i = 0; i < batch.size(); ++i) {
      require(results[i].verdict() == (i % 2 == 0 ? Verdict::kValid : expected));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const ReferenceVerifier reference = make_reference(false);
  static const ReferenceVerifier by_issuer = make_reference(true);
  static const Verifier verifier = simdjwt::testing::make_verifier(reference);
  static const Verifier issuers_verifier = simdjwt::testing::make_verifier(by_issuer);

  const std::string token =
      make_token(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  const ExactInput input(reinterpret_cast<const uint8_t*>(token.data()), token.size());
  judge(reference, verifier, input.text());
  judge(by_issuer, issuers_verifier, input.text());
  return 0;
}
