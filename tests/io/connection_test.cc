// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::net {
namespace {

using namespace std::chrono_literals;
using Step = Connection::Step;

// Requests are lines; the answer to each is the line, in brackets, written at the flush. "quit" is
// a last request.
class Echo final : public Protocol {
 public:
  void begin_turn(const Instant&) override {}
  void open(const Connection&) override {}
  void expire(Connection& connection) override { connection.write("late"); }
  void drain() override {}

  size_t receive(Connection& connection, std::string_view bytes) override {
    size_t num_consumed = 0;
    while (!connection.output_full()) {
      const size_t end = bytes.find('\n', num_consumed);
      if (end == std::string_view::npos) break;
      const std::string_view line = bytes.substr(num_consumed, end - num_consumed);
      held_.push_back({&connection, line});
      num_consumed = end + 1;
      if (line == "quit") {
        connection.finish();
        return bytes.size();
      }
      if (held_.size() == 256) flush();
    }
    return num_consumed;
  }

  void flush() override {
    for (const auto& [connection, line] : held_) {
      connection->write("[" + std::string(line) + "]");
    }
    held_.clear();
  }

 private:
  struct Held {
    Connection* connection;
    std::string_view line;
  };
  std::vector<Held> held_;
};

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { connection_.open(7, kTimeouts, now()); }

  [[nodiscard]] Instant now() const { return {0, static_cast<uint64_t>(clock_.count())}; }
  void receive(std::string_view bytes) {
    const std::string arrived(bytes);  // gone after the turn, as a receive buffer is
    connection_.receive(echo_, arrived, now());
    echo_.flush();
  }
  // All that can be sent, as if the client took it at once.
  std::string take_output() {
    std::string output;
    for (std::string_view bytes; !(bytes = connection_.begin_send(now())).empty();) {
      output += bytes;
      connection_.sent(echo_, bytes.size(), now());
      echo_.flush();
    }
    return output;
  }
  Step next_step() { return connection_.next_step(now()); }
  void expect_deadline_in(std::chrono::milliseconds time) {
    EXPECT_EQ(connection_.deadline_ms(), static_cast<uint64_t>((clock_ + time).count()));
  }

  static constexpr Timeouts kTimeouts{
      .head = 10s, .idle = 60s, .write = 20s, .linger = 1s, .drain = 2s};
  std::chrono::milliseconds clock_{1'000'000};
  Echo echo_;
  Connection connection_;
};

TEST_F(ConnectionTest, PassesWholeRequestsThrough) {
  receive("one\ntwo\n");
  EXPECT_EQ(take_output(), "[one][two]");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_TRUE(connection_.wants_input());
}

TEST_F(ConnectionTest, KeepsHalfARequest) {
  receive("one\nt");
  EXPECT_EQ(take_output(), "[one]");
  receive("w");
  receive("o\nthr");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "[two]");
  receive("ee\n");
  EXPECT_EQ(take_output(), "[three]");
}

// Two receives of one turn: the views into what the first one kept must survive the second.
TEST_F(ConnectionTest, FlushesBeforeKeptInputMoves) {
  receive("o");
  connection_.receive(echo_, "ne\nt", now());
  connection_.receive(echo_, std::string(100'000, 'w') + "\n", now());
  echo_.flush();
  EXPECT_EQ(take_output(), "[one][t" + std::string(100'000, 'w') + "]");
}

TEST_F(ConnectionTest, KeepsOutputInPlaceWhileItIsSent) {
  receive("one\n");
  const std::string_view sending = connection_.begin_send(now());
  receive("two\n");
  EXPECT_EQ(sending, "[one]");
  EXPECT_EQ(connection_.begin_send(now()).data(), sending.data());
  connection_.sent(echo_, 2, now());
  EXPECT_EQ(connection_.begin_send(now()), "ne]");
  connection_.sent(echo_, 3, now());
  EXPECT_EQ(take_output(), "[two]");
}

TEST_F(ConnectionTest, HoldsRequestsBackWhileOutputIsFull) {
  std::string requests;
  std::string answers;
  for (int i = 0; i < 50'000; ++i) {
    requests += std::to_string(i) + "\n";
    answers += "[" + std::to_string(i) + "]";
  }
  receive(requests);
  EXPECT_TRUE(connection_.output_full());
  EXPECT_FALSE(connection_.wants_input());
  EXPECT_LE(connection_.begin_send(now()).size(), Connection::kOutputBytesMax + 256 * 8);
  receive("tail\n");  // was on its way
  EXPECT_EQ(take_output(), answers + "[tail]");
  EXPECT_TRUE(connection_.wants_input());
}

TEST_F(ConnectionTest, AnswersHeldBackRequestsOfAClientThatHasClosed) {
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += "request\n";
  receive(requests);
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output().size(), 20'000 * std::string_view("[request]").size());
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(ConnectionTest, ClosesInStagesBehindTheLastRequest) {
  receive("one\nquit\nthree\n");
  EXPECT_EQ(next_step(), Step::kNone);
  receive("four\n");
  EXPECT_EQ(take_output(), "[one][quit]");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
  EXPECT_EQ(next_step(), Step::kNone);
  expect_deadline_in(1s);
  receive("five\n");
  EXPECT_EQ(take_output(), "");
  EXPECT_TRUE(connection_.wants_input());
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(ConnectionTest, DoesNotLingerForEver) {
  receive("quit\n");
  take_output();
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
  clock_ += 999ms;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kNone);
  clock_ += 1ms;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(ConnectionTest, ThrowsAwayOnlySoMuch) {
  receive("quit\n");
  receive(std::string(Connection::kDiscardBytesMax - 1, 'x'));
  EXPECT_TRUE(connection_.wants_input());
  receive("x");
  EXPECT_FALSE(connection_.wants_input());
  EXPECT_EQ(take_output(), "[quit]");
}

TEST_F(ConnectionTest, ClosesAtOnceWhenTheClientHasClosed) {
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(ConnectionTest, ClosesAtOnceOnError) {
  receive("one\n");
  connection_.abort();
  EXPECT_EQ(next_step(), Step::kClose);
  EXPECT_FALSE(connection_.wants_input());
}

// --- Deadlines ---

TEST_F(ConnectionTest, WaitsForTheFirstRequestAsLongAsForAnother) {
  expect_deadline_in(60s);
  clock_ += 5s;
  receive("one\n");
  take_output();
  expect_deadline_in(60s);
}

TEST_F(ConnectionTest, GivesARequestItsTimeFromItsFirstByte) {
  receive("o");
  expect_deadline_in(10s);
  clock_ += 9s;
  receive("n");
  expect_deadline_in(1s);
  receive("e\n");
  take_output();
  expect_deadline_in(60s);
  receive("two\nth");
  take_output();
  expect_deadline_in(10s);
  clock_ += 4s;
  receive("ree\nfo");  // another request begins, with a time of its own
  take_output();
  expect_deadline_in(10s);
}

TEST_F(ConnectionTest, AnswersALateRequestAndFinishes) {
  receive("o");
  clock_ += 10s;
  connection_.expire(echo_, now());
  receive("ne\n");
  EXPECT_EQ(take_output(), "late");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
}

TEST_F(ConnectionTest, GivesAClientTimeToTakeItsAnswers) {
  receive("one\n");
  (void)connection_.begin_send(now());
  expect_deadline_in(20s);
  clock_ += 19s;
  connection_.sent(echo_, 1, now());  // a byte now and then wins no time
  expect_deadline_in(1s);
  clock_ += 1s;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(ConnectionTest, DoesNotBlameAClientForRequestsHeldBack) {
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += "request\n";
  receive(requests + "h");
  (void)connection_.begin_send(now());
  expect_deadline_in(20s);
  take_output();
  expect_deadline_in(10s);  // now it is its turn to end the last one
}

TEST_F(ConnectionTest, ClosesAnIdleClientInStages) {
  clock_ += 60s;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
}

TEST_F(ConnectionTest, KeepsWhatIsNotLate) {
  clock_ += 59s;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kNone);
  receive("one\n");
  EXPECT_EQ(take_output(), "[one]");
}

TEST_F(ConnectionTest, IsSoonIdleWhenDraining) {
  connection_.drain(now());
  expect_deadline_in(2s);
}

// Whoever is being closed has other deadlines.
TEST_F(ConnectionTest, LeavesAFinishedConnectionAloneWhenDraining) {
  receive("quit\n");
  connection_.drain(now());
  EXPECT_EQ(connection_.deadline_ms(), kNever);
}

// The answer was on its way when the server was told to stop, so the client does not know.
TEST_F(ConnectionTest, IsSoonIdleAfterTheLastAnswerWhenDraining) {
  receive("one\n");
  connection_.drain(now());
  EXPECT_EQ(take_output(), "[one]");
  EXPECT_EQ(next_step(), Step::kNone);
  expect_deadline_in(2s);
}

TEST_F(ConnectionTest, ForgetsItsPredecessor) {
  receive("one\nhalf a req");
  connection_.receive_end();
  connection_.abort();
  connection_.open(7, kTimeouts, now());
  expect_deadline_in(60s);
  receive("two\n");
  EXPECT_EQ(take_output(), "[two]");
  EXPECT_EQ(next_step(), Step::kNone);
}

}  // namespace
}  // namespace simdjwt::net
