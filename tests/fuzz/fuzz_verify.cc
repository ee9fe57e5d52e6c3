// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Whole verifications, from every kernel, single and in a batch: the exact verdict of the reference
// verifier. The first byte chooses: the rest is a token as it is, or claims, or header and claims
// divided by a line end, that are signed, so that the fuzzer comes to what lies behind the
// signature.

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
using simdjwt::testing::kSecret;

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const simdjwt::testing::ReferenceVerifier reference{
      .keys = {{.kid = "", .algorithm = Algorithm::kHs256, .secret = std::string(kSecret)},
               {.kid = "k1", .algorithm = Algorithm::kHs256, .secret = std::string(kSecret)},
               {.kid = "k2", .algorithm = Algorithm::kHs512, .secret = std::string(kSecret)}},
      .iss = "https://issuer.example",
      .aud = std::nullopt,
      .exp_required = true,
      .leeway_seconds = 30};
  static const Verifier verifier = simdjwt::testing::make_verifier(reference);
  static std::vector scratches = simdjwt::testing::make_kernel_scratches();

  const std::string token =
      make_token(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  const ExactInput input(reinterpret_cast<const uint8_t*>(token.data()), token.size());
  const Verdict expected = reference.verify(token, kNow);
  static const std::string good =
      forge(kHeader, R"({"iss":"https://issuer.example","exp":1750003600})");
  const std::array<std::string_view, 5> batch = {good, input.text(), good, input.text(), good};
  for (auto& [kernel, scratch] : scratches) {
    require(verifier.verify(input.text(), scratch, kNow).verdict() == expected);
    std::array<VerifyResult, 5> results;
    verifier.verify_batch(batch, results, scratch, kNow);
    for (size_t i = 0; i < batch.size(); ++i) {
      require(results[i].verdict() == (i % 2 == 0 ? Verdict::kValid : expected));
    }
  }
  return 0;
}
