// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Snapshot as one thread sees it. What several see is in concurrency/.

#include <gtest/gtest.h>
#include <simdjwt/snapshot.h>

#include <memory>
#include <optional>
#include <vector>

namespace simdjwt::testing {
namespace {

// A value that counts how many of its kind are alive.
class Counted {
 public:
  Counted(int id, int& num_alive) : id_(id), num_alive_(&num_alive) { ++*num_alive_; }
  Counted(Counted&& other) noexcept : id_(other.id_), num_alive_(other.num_alive_) {
    ++*num_alive_;
  }
  ~Counted() { --*num_alive_; }
  int id() const { return id_; }

 private:
  int id_;
  int* num_alive_;
};

TEST(Snapshot, GivesTheNewestValue) {
  Snapshot<int> snapshot(1, 1);
  auto reader = snapshot.make_reader();
  EXPECT_EQ(reader.read(), 1);
  EXPECT_EQ(reader.read(), 1);
  snapshot.publish(2);
  EXPECT_EQ(reader.read(), 2);
  snapshot.publish(3);
  snapshot.publish(4);
  EXPECT_EQ(reader.read(), 4);
}

TEST(Snapshot, KeepsAValueUntilItsReaderReadsAgain) {
  int num_alive = 0;
  Snapshot<Counted> snapshot(Counted(1, num_alive), 1);
  auto reader = snapshot.make_reader();
  const Counted& old = reader.read();
  snapshot.publish(Counted(2, num_alive));
  EXPECT_EQ(num_alive, 2);
  EXPECT_EQ(old.id(), 1);
  EXPECT_EQ(reader.read().id(), 2);
  EXPECT_EQ(snapshot.reclaim(), 0u);
  EXPECT_EQ(num_alive, 1);
}

TEST(Snapshot, KeepsEverythingNewerThanWhatAReaderHolds) {
  // The reader of version 1 may not hold 2 and 3, but the slot cannot tell.
  int num_alive = 0;
  Snapshot<Counted> snapshot(Counted(1, num_alive), 2);
  auto slow = snapshot.make_reader();
  auto fast = snapshot.make_reader();
  EXPECT_EQ(slow.read().id(), 1);
  for (int id = 2; id <= 5; ++id) {
    snapshot.publish(Counted(id, num_alive));
    EXPECT_EQ(fast.read().id(), id);
  }
  EXPECT_EQ(snapshot.reclaim(), 4u);
  EXPECT_EQ(slow.read().id(), 5);
  EXPECT_EQ(snapshot.reclaim(), 0u);
  EXPECT_EQ(num_alive, 1);
}

TEST(Snapshot, IsNotHeldUpByAParkedReader) {
  int num_alive = 0;
  Snapshot<Counted> snapshot(Counted(1, num_alive), 1);
  auto reader = snapshot.make_reader();
  snapshot.publish(Counted(2, num_alive));
  EXPECT_EQ(num_alive, 1) << "a reader that has not read yet holds nothing";
  EXPECT_EQ(reader.read().id(), 2);
  reader.park();
  snapshot.publish(Counted(3, num_alive));
  EXPECT_EQ(num_alive, 1);
  EXPECT_EQ(reader.read().id(), 3);
}

TEST(Snapshot, GivesTheSlotOfAReaderThatIsGoneToAnother) {
  int num_alive = 0;
  Snapshot<Counted> snapshot(Counted(0, num_alive), 1);
  for (int id = 1; id < 10; ++id) {
    auto reader = snapshot.make_reader();
    auto moved = std::move(reader);
    EXPECT_EQ(moved.read().id(), id - 1);
    snapshot.publish(Counted(id, num_alive));
  }
  EXPECT_EQ(snapshot.reclaim(), 0u);
  EXPECT_EQ(num_alive, 1);
}

TEST(Snapshot, TakesItsValuesAlong) {
  int num_alive = 0;
  {
    Snapshot<Counted> snapshot(Counted(1, num_alive), 1);
    auto reader = snapshot.make_reader();
    (void)reader.read();
    snapshot.publish(Counted(2, num_alive));
    snapshot.publish(Counted(3, num_alive));
    EXPECT_EQ(num_alive, 3);
  }
  EXPECT_EQ(num_alive, 0);
}

TEST(SnapshotDeathTest, TrapsForOneReaderTooMany) {
  Snapshot<int> snapshot(1, 1);
  const auto reader = snapshot.make_reader();
  EXPECT_DEATH((void)snapshot.make_reader(), "");
}

}  // namespace
}  // namespace simdjwt::testing
