// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace simdjwt::bytes {
namespace {

using Key = std::array<uint8_t, 48>;

static_assert(!std::is_copy_constructible_v<Secret<Key>>);
static_assert(!std::is_copy_assignable_v<Secret<Key>>);
static_assert(!std::is_constructible_v<Secret<Key>, const Key&>, "that would leave a copy");
static_assert(std::is_nothrow_move_constructible_v<Secret<Key>>);
static_assert(std::is_nothrow_move_assignable_v<Secret<Key>>);

Key key_of(uint8_t byte) {
  Key key;
  key.fill(byte);
  return key;
}

TEST(Secret, BeginsAsZerosOrAsTheGivenValue) {
  EXPECT_EQ(Secret<Key>().value(), key_of(0));
  EXPECT_EQ(Secret<Key>(key_of(7)).value(), key_of(7));
}

TEST(Secret, WipesWhatItIsMadeOf) {
  Key key = key_of(7);
  EXPECT_EQ(Secret<Key>(std::move(key)).value(), key_of(7));
  EXPECT_EQ(key, key_of(0));
}

TEST(Secret, IsWipedOnDestruction) {
  // The storage outlives the secret in it, so that it may be looked at. Through volatile: the
  // compiler knows that the object is gone.
  alignas(Secret<Key>) unsigned char storage[sizeof(Secret<Key>)];
  auto* secret = new (storage) Secret<Key>(key_of(7));
  volatile const unsigned char* memory = storage;
  ASSERT_EQ(memory[0], 7);
  secret->~Secret();
  for (size_t i = 0; i < sizeof(storage); ++i) EXPECT_EQ(memory[i], 0) << i;
}

TEST(Secret, MovesAndWipesItsOrigin) {
  Secret<Key> origin(key_of(7));
  Secret<Key> constructed(std::move(origin));
  EXPECT_EQ(constructed.value(), key_of(7));
  EXPECT_EQ(origin.value(), key_of(0));
  Secret<Key> assigned(key_of(9));
  assigned = std::move(constructed);
  EXPECT_EQ(assigned.value(), key_of(7));
  EXPECT_EQ(constructed.value(), key_of(0));
}

TEST(Secret, SurvivesAssignmentToItself) {
  Secret<Key> secret(key_of(7));
  Secret<Key>& alias = secret;
  secret = std::move(alias);
  EXPECT_EQ(secret.value(), key_of(7));
}

}  // namespace
}  // namespace simdjwt::bytes
