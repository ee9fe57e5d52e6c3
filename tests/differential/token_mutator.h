// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// A stream of tokens that are nearly right: honest headers and claims, damaged a little, signed or
// not, damaged a little again.

#ifndef SIMDJWT_TESTS_DIFFERENTIAL_TOKEN_MUTATOR_H_
#define SIMDJWT_TESTS_DIFFERENTIAL_TOKEN_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "support/judge.h"
#include "support/reference_verifier.h"

namespace simdjwt::testing {

// The same seed gives the same stream. SIMDJWT_TEST_SEED, if set, replaces the default one.
class TokenMutator {
 public:
  TokenMutator();

  std::string next();

  // What the stream's tokens meet: several keys, expectations of iss, aud and exp. About one in
  // eight passes.
  static ReferenceVerifier reference();
  // The same with keys that all have a kid, some of them out of their time, and more expectations.
  static ReferenceVerifier strict_reference();
  // The same with keys of several issuers, some with the same kid, some the same.
  static ReferenceVerifier reference_by_issuer();

 private:
  size_t below(size_t bound) { return random_() % bound; }
  bool one_in(size_t odds) { return below(odds) == 0; }
  template <class Array>
  std::string_view any_of(const Array& array) {
    return array[below(std::size(array))];
  }

  std::string header();
  std::string claims();
  void damage(std::string& text, bool is_json);

  std::mt19937_64 random_;
};

// How many tokens a test of this many takes from the stream: fewer where sanitizers make each of
// them ten times slower, and SIMDJWT_TEST_TOKENS times as many where the environment says so.
size_t num_tokens(size_t in_release);

// A token as a person can read it.
std::string readable(std::string_view token);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_DIFFERENTIAL_TOKEN_MUTATOR_H_
