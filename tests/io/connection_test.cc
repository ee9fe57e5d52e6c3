// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/connection.h"

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace simdjwt::net {
namespace {

using namespace std::chrono_literals;
using Step = Connection::Step;

// Requests are lines; the answer to each is the line, in brackets, written at the flush. "quit" is
// a last request, and as many that begin with "hard" as `hard_work` are taken.
class Echo final : public Protocol {
 public:
  void begin_turn(const Instant&) override {}
  void open(const Connection&) override {}
  void close(const Connection&) override {}
  void expire(Connection& connection) override { connection.write("late"); }
  void drain() override {}

  size_t receive(Connection& connection, std::string_view bytes) override {
    size_t num_consumed = 0;
    while (!connection.output_full()) {
      const size_t end = bytes.find('\n', num_consumed);
      if (end == std::string_view::npos) break;
      const std::string_view line = bytes.substr(num_consumed, end - num_consumed);
      if (line.starts_with("hard") && hard_work-- == 0) {
        hard_work = 0;
        connection.postpone();
        break;
      }
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

  int hard_work = 0;

 private:
  struct Held {
    Connection* connection;
    std::string_view line;
  };
  std::vector<Held> held_;
};

// A wire of the plainest kind. The client says "hello;" and is answered "welcome;". Then lower case
// is plain text for upper case, "." means that nothing follows, and "!" breaks the rules.
class ShoutingWire final : public Wire {
 public:
  State receive(std::string_view& bytes, const Results& results) override {
    for (const char c : std::exchange(bytes, {})) {
      if (!is_open_) {
        hello_ += c;
        if (hello_ != "hello;") continue;
        is_open_ = true;
        results.output += "welcome;";
      } else if (c == '!') {
        has_failed_ = true;
        results.output += "alert;";
        return State::kFailed;
      } else if (c == '.') {
        return State::kEnded;
      } else {
        results.plain += static_cast<char>(std::tolower(c));
      }
    }
    return is_open_ ? State::kOpen : State::kOpening;
  }
  bool send(std::string_view plain, std::string& output) override {
    if (has_failed_) return false;
    output += '<';
    for (const char c : plain) output += static_cast<char>(std::toupper(c));
    output += '>';
    return true;
  }
  void close(std::string& output) override {
    if (is_open_ && !has_failed_ && !std::exchange(is_closed_, true)) output += "bye;";
  }

 private:
  std::string hello_;
  bool is_open_ = false;
  bool has_failed_ = false;
  bool is_closed_ = false;
};

// The client says a port and ";" first, which is where it comes from.
class HeaderWire final : public Wire {
 public:
  explicit HeaderWire(std::unique_ptr<Wire> next) : next_(std::move(next)) {}
  State receive(std::string_view& bytes, const Results& results) override {
    while (!bytes.empty()) {
      const char c = bytes.front();
      bytes.remove_prefix(1);
      if (c == ';') {
        results.client = {.port = static_cast<uint16_t>(std::stoi(header_))};
        return State::kDone;
      }
      header_ += c;
    }
    return State::kOpening;
  }
  bool send(std::string_view, std::string&) override { return false; }
  void close(std::string&) override {}
  std::unique_ptr<Wire> next() override { return std::move(next_); }

 private:
  std::unique_ptr<Wire> next_;
  std::string header_;
};

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { open(nullptr); }

  void open(std::unique_ptr<Wire> wire) {
    connection_.open(7, 3, kPeer, std::move(wire), kTimeouts, now());
  }

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
  // The same, over turns in which nothing arrives: a wire translates at the end of each.
  std::string take_wired_output() {
    std::string output;
    for (std::string more; next_step() == Step::kNone && !(more = take_output()).empty();) {
      output += more;
    }
    return output;
  }
  Step next_step() { return connection_.next_step(now()); }
  void expect_deadline_in(std::chrono::milliseconds time) {
    EXPECT_EQ(connection_.deadline_ms(), static_cast<uint64_t>((clock_ + time).count()));
  }

  static constexpr Timeouts kTimeouts{
      .head = 10s, .body = 30s, .idle = 60s, .write = 20s, .linger = 1s, .drain = 2s};
  static constexpr PeerAddress kPeer{
      .ip = {192, 0, 2, 1}, .port = 4711, .family = PeerAddress::Family::kIpv4};
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
  const std::string wide(100'000, 'w');
  receive("o");
  connection_.receive(echo_, "ne\nt", now());
  connection_.receive(echo_, absl::StrCat(wide, "\n"), now());
  echo_.flush();
  EXPECT_EQ(take_output(), absl::StrCat("[one][t", wide, "]"));
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

// --- Work for later turns ---

TEST_F(ConnectionTest, TakesUpWhatItPostponedInItsOrder) {
  receive("one\nhard 1\nhard 2\ntwo\nth");
  EXPECT_TRUE(connection_.is_postponed());
  receive("ree\n");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "[one]");
  EXPECT_TRUE(connection_.wants_input());
  EXPECT_FALSE(connection_.resume(echo_, now()));
  EXPECT_TRUE(connection_.is_postponed());
  echo_.hard_work = 1;
  EXPECT_TRUE(connection_.resume(echo_, now()));
  receive("four\n");
  echo_.flush();
  EXPECT_TRUE(connection_.is_postponed());
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "[hard 1]");
  echo_.hard_work = 1;
  EXPECT_TRUE(connection_.resume(echo_, now()));
  echo_.flush();
  EXPECT_FALSE(connection_.is_postponed());
  EXPECT_EQ(take_output(), "[hard 2][two][three][four]");
}

TEST_F(ConnectionTest, IsInNoHurryWhileItIsPostponed) {
  receive("hard\n");
  EXPECT_EQ(connection_.deadline_ms(), kNever);
  connection_.drain(now());
  EXPECT_EQ(connection_.deadline_ms(), kNever);
  clock_ += 1h;
  echo_.hard_work = 1;
  EXPECT_TRUE(connection_.resume(echo_, now()));
  echo_.flush();
  EXPECT_EQ(take_output(), "[hard]");
  expect_deadline_in(2s);
}

TEST_F(ConnectionTest, KeepsSoMuchBehindWhatItPostponed) {
  receive("hard\n");
  receive(std::string(Connection::kPostponedBytesMax - 6, 'x'));
  EXPECT_TRUE(connection_.wants_input());
  receive("x");
  EXPECT_FALSE(connection_.wants_input());
}

TEST_F(ConnectionTest, AnswersPostponedRequestsOfAClientThatHasClosed) {
  receive("hard\ntwo\n");
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kNone);
  echo_.hard_work = 1;
  EXPECT_TRUE(connection_.resume(echo_, now()));
  echo_.flush();
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "[hard][two]");
  EXPECT_EQ(next_step(), Step::kClose);
}

// --- Deadlines ---

TEST_F(ConnectionTest, GivesEachPieceOfABodyItsTime) {
  receive("o");
  connection_.expect(Connection::Rest::kPieces);
  for (int i = 0; i < 9; ++i) {
    receive("x");
    expect_deadline_in(30s);
    clock_ += 29s;
  }
  clock_ += 1s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kBody);
}

TEST_F(ConnectionTest, GivesABodyThatIsKeptItsTimeOnce) {
  receive("o");
  clock_ += 5s;
  connection_.expect(Connection::Rest::kWhole);
  receive("n");
  expect_deadline_in(30s);
  clock_ += 29s;
  receive("e");
  expect_deadline_in(1s);
  clock_ += 1s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kBody);
}

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

// Nobody is idle who waits for us, or for whom we wait.
TEST_F(ConnectionTest, IsNotIdleWhileARequestIsUnderWay) {
  constexpr Timeouts kHasty{.head = 100s, .idle = 5s, .write = 20s};
  connection_.open(7, 3, kPeer, nullptr, kHasty, now());
  EXPECT_EQ(connection_.idle_since_ms(), now().steady_ms);
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += "request\n";
  receive(requests + "half");
  EXPECT_EQ(connection_.idle_since_ms(), kNever);
  (void)connection_.begin_send(now());
  clock_ += 19s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kNone);
  EXPECT_EQ(take_output().size(), 20'000 * std::string_view("[request]").size());
  EXPECT_EQ(connection_.idle_since_ms(), kNever) << "half a request is kept";
  clock_ += 50s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kNone);
  receive(" a request\n");
  EXPECT_EQ(take_output(), "[half a request]");
  EXPECT_EQ(connection_.idle_since_ms(), now().steady_ms);
  clock_ += 5s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kIdle);
  EXPECT_EQ(connection_.idle_since_ms(), kNever) << "it is being closed";
}

TEST_F(ConnectionTest, GivesNoTimeForTakingALittleOfItsAnswers) {
  receive("one\n");
  (void)connection_.begin_send(now());
  clock_ += 19s;
  connection_.sent(echo_, 2, now());
  expect_deadline_in(1s);
  clock_ += 1s;
  EXPECT_EQ(connection_.expire(echo_, now()), Connection::Expired::kWrite);
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
  open(nullptr);
  expect_deadline_in(60s);
  receive("two\n");
  EXPECT_EQ(take_output(), "[two]");
  EXPECT_EQ(next_step(), Step::kNone);
}

TEST_F(ConnectionTest, KnowsWhereItComesFrom) {
  EXPECT_EQ(connection_.index(), 7);
  EXPECT_EQ(connection_.listener(), 3);
  EXPECT_EQ(connection_.client_address(), kPeer);
}

// --- Wires ---

class WiredConnectionTest : public ConnectionTest {
 protected:
  WiredConnectionTest() { open(std::make_unique<ShoutingWire>()); }
  void handshake() {
    receive("hello;");
    EXPECT_EQ(take_wired_output(), "welcome;");
  }
};

TEST_F(WiredConnectionTest, TranslatesBothWays) {
  handshake();
  receive("ONE\nTWO\nTH");
  EXPECT_EQ(take_wired_output(), "<[ONE][TWO]>");  // one record
  receive("REE\n");
  EXPECT_EQ(take_wired_output(), "<[THREE]>");
  EXPECT_TRUE(connection_.wants_input());
}

TEST_F(WiredConnectionTest, TakesRequestsBehindTheHandshake) {
  receive("hello;ONE\nTW");
  EXPECT_EQ(take_wired_output(), "welcome;<[ONE]>");
  receive("O\n");
  EXPECT_EQ(take_wired_output(), "<[TWO]>");
}

TEST_F(WiredConnectionTest, TakesOneByteAtATime) {
  std::string output;
  for (const char c : std::string_view("hello;ONE\nQUIT\n")) {
    receive({&c, 1});
    output += take_wired_output();
  }
  EXPECT_EQ(output, "welcome;<[ONE]><[QUIT]>bye;");
}

// The views into what the first receive of a turn left must survive the second.
TEST_F(WiredConnectionTest, FlushesBeforeKeptInputMoves) {
  const std::string wide(100'000, 'W');
  handshake();
  connection_.receive(echo_, "ONE\nT", now());
  connection_.receive(echo_, absl::StrCat(wide, "\n"), now());
  echo_.flush();
  EXPECT_EQ(take_wired_output(), absl::StrCat("<[ONE][T", wide, "]>"));
}

TEST_F(WiredConnectionTest, TranslatesOnlyWhatCanBeSentNow) {
  handshake();
  receive("ONE\n");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(connection_.begin_send(now()), "<[ONE]>");
  for (int i = 0; i < 2; ++i) {
    receive("TWO\n");
    EXPECT_EQ(next_step(), Step::kNone);
    EXPECT_EQ(connection_.begin_send(now()), "<[ONE]>");
  }
  connection_.sent(echo_, 7, now());
  EXPECT_EQ(take_wired_output(), "<[TWO][TWO]>");
}

TEST_F(WiredConnectionTest, HoldsRequestsBackWhileOutputIsFull) {
  handshake();
  std::string requests;
  for (int i = 0; i < 50'000; ++i) requests += "REQUEST\n";
  receive(requests);
  EXPECT_FALSE(connection_.wants_input());
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_LE(connection_.begin_send(now()).size(), Connection::kOutputBytesMax + 256 * 9);
  receive("TAIL\n.");  // was on its way, and is the end
  const std::string output = take_wired_output();
  EXPECT_GE(output.size(), 50'000 * std::string_view("[REQUEST]").size());
  EXPECT_TRUE(output.ends_with("[TAIL]>bye;"));
}

// A wire may have much to say by itself, if that is what the client provokes.
TEST_F(WiredConnectionTest, ReadsNoMoreWhileTheWireHasToDrain) {
  class TalkativeWire final : public Wire {
   public:
    State receive(std::string_view& bytes, const Results& results) override {
      results.output.append(std::exchange(bytes, {}).size(), '.');
      return State::kOpening;
    }
    bool send(std::string_view, std::string&) override { return false; }
    void close(std::string&) override {}
  };
  open(std::make_unique<TalkativeWire>());
  receive("?");
  EXPECT_EQ(connection_.begin_send(now()), ".");
  receive(std::string(Connection::kOutputBytesMax, '?'));
  EXPECT_FALSE(connection_.wants_input());
  EXPECT_EQ(take_output().size(), 1 + Connection::kOutputBytesMax);
  EXPECT_TRUE(connection_.wants_input());
}

TEST_F(WiredConnectionTest, SaysFarewellBehindTheLastAnswer) {
  handshake();
  receive("ONE\nQUIT\n");
  EXPECT_EQ(take_wired_output(), "<[ONE][QUIT]>bye;");
  EXPECT_EQ(next_step(), Step::kNone);  // now lingering
  receive("!");                         // which nobody reads
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(WiredConnectionTest, SaysFarewellToAnIdleClient) {
  handshake();
  expect_deadline_in(60s);
  clock_ += 60s;
  connection_.expire(echo_, now());
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "bye;");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
}

TEST_F(WiredConnectionTest, AnswersAClientThatHasSaidFarewell) {
  handshake();
  receive("ONE\n.TWO\n");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "<[ONE]>bye;");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(WiredConnectionTest, AnswersAClientThatHasClosedWithoutFarewell) {
  handshake();
  receive("ONE\n");
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "<[ONE]>bye;");
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(WiredConnectionTest, TellsAClientThatItBrokeTheRulesAndFinishes) {
  handshake();
  receive("!ONE\n");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "alert;");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
}

// Its answer can no longer be translated, and must not go out as it is.
TEST_F(WiredConnectionTest, LosesAnswersRatherThanSendThemInPlainText) {
  handshake();
  receive("ONE\n!");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(take_output(), "alert;");
  EXPECT_EQ(next_step(), Step::kShutdownWrite);
}

TEST_F(WiredConnectionTest, GivesTheHandshakeTheTimeOfARequest) {
  expect_deadline_in(10s);
  clock_ += 9s;
  receive("hell");
  expect_deadline_in(1s);
  clock_ += 1s;
  connection_.expire(echo_, now());
  EXPECT_EQ(take_output(), "");  // there is nobody yet to be told that it is late
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(WiredConnectionTest, AnswersALateRequest) {
  handshake();
  receive("O");
  expect_deadline_in(10s);
  clock_ += 10s;
  connection_.expire(echo_, now());
  EXPECT_EQ(take_wired_output(), "<LATE>bye;");
}

TEST_F(WiredConnectionTest, ClosesOnAClientThatLeavesDuringTheHandshake) {
  receive("hell");
  connection_.receive_end();
  EXPECT_EQ(next_step(), Step::kClose);
}

TEST_F(WiredConnectionTest, IsPlainBehindAHeader) {
  open(std::make_unique<HeaderWire>(nullptr));
  expect_deadline_in(10s);
  receive("12");
  EXPECT_EQ(next_step(), Step::kNone);
  EXPECT_EQ(connection_.client_address(), kPeer);
  receive("34;one\nt");
  EXPECT_EQ(take_wired_output(), "[one]");
  EXPECT_EQ(connection_.client_address(), (PeerAddress{.port = 1234}));
  receive("wo\n");
  EXPECT_EQ(take_wired_output(), "[two]");
  expect_deadline_in(60s);
}

TEST_F(WiredConnectionTest, IsIdleBehindAHeaderAlone) {
  open(std::make_unique<HeaderWire>(nullptr));
  receive("12;");
  EXPECT_EQ(next_step(), Step::kNone);
  expect_deadline_in(60s);
}

TEST_F(WiredConnectionTest, ChainsWires) {
  open(std::make_unique<HeaderWire>(std::make_unique<ShoutingWire>()));
  clock_ += 4s;
  receive("12;hel");
  expect_deadline_in(6s);  // header and handshake together
  receive("lo;ONE\n");
  EXPECT_EQ(take_wired_output(), "welcome;<[ONE]>");
  EXPECT_EQ(connection_.client_address(), (PeerAddress{.port = 12}));
}

}  // namespace
}  // namespace simdjwt::net
