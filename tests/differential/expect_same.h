// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#ifndef SIMDJWT_TESTS_DIFFERENTIAL_EXPECT_SAME_H_
#define SIMDJWT_TESTS_DIFFERENTIAL_EXPECT_SAME_H_

#include <gtest/gtest.h>
#include <simdjwt/verifier.h>

#include <string_view>

#include "differential/token_mutator.h"

namespace simdjwt::testing {

// Compares everything that a caller can see of two results for `token`.
inline void expect_same(const VerifyResult& one, const VerifyResult& other,
                        std::string_view token) {
  ASSERT_EQ(one.verdict(), other.verdict()) << readable(token);
  ASSERT_TRUE(one.failures() == other.failures()) << readable(token);
  ASSERT_EQ(one.failed_rules(), other.failed_rules()) << readable(token);
  if (!one) return;
  ASSERT_EQ(one->payload(), other->payload());
  ASSERT_EQ(one->kid(), other->kid());
  ASSERT_EQ(one->iss(), other->iss());
  ASSERT_EQ(one->sub(), other->sub());
  ASSERT_EQ(one->exp(), other->exp());
  ASSERT_EQ(one->num_claims(), other->num_claims());
  for (size_t i = 0; i < one->num_claims(); ++i) {
    ASSERT_EQ(one->claim_name(i), other->claim_name(i));
    ASSERT_EQ(one->claim_at(i).raw_json(), other->claim_at(i).raw_json());
    ASSERT_EQ(one->claim_at(i).string(), other->claim_at(i).string());
  }
}

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_DIFFERENTIAL_EXPECT_SAME_H_
