// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/decision_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "serve/json_text.h"
#include "simdjwt/limits.h"
#include "support/guarded_buffer.h"
#include "support/temporary_directory.h"
#include "support/token_forge.h"

namespace simdjwt::serve {
namespace {

using namespace std::chrono_literals;

// Of a real token, none of whose parts may ever be seen.
constexpr std::string_view kToken =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.m1nRHXq9d8mVJ0Xlq2hZ1cR5kQyqkYqv9o1Zr0w5T2E";

std::string line_of(const Decision& decision, int64_t unix_nanoseconds = 0) {
  std::string line;
  append_decision_line(line, decision, unix_nanoseconds);
  return line;
}

void expect_json(const std::string& line) {
  ASSERT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  EXPECT_LE(line.size(), kDecisionLineBytesMax);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(line).get(element), simdjson::SUCCESS) << line;
  for (const char c : line) EXPECT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= 0x20) << line;
}

// --- A line ---

TEST(DecisionLine, TellsEverything) {
  EXPECT_EQ(line_of({.result = DecisionResult::kDenied,
                     .reason = Reason::kExpired,
                     .contract = Contract::kNginx,
                     .status = http::Status::kUnauthorized,
                     .duration_nanoseconds = 5120,
                     .policy = "default",
                     .method = "GET",
                     .host = "api.example",
                     .uri = "/a/b?secret=1",
                     .client = "192.0.2.1",
                     .request_id = "r1",
                     .iss = "i",
                     .sub = "s",
                     .jti = "j",
                     .token = "abc"},
                    1795420800123456789),
            "{\"ts\":\"2026-11-23T08:00:00.123456789Z\",\"level\":\"warn\",\"event\":\"decision\","
            "\"result\":\"denied\",\"reason\":\"expired\",\"status\":401,\"contract\":\"nginx\","
            "\"policy\":\"default\",\"method\":\"GET\",\"host\":\"api.example\",\"uri\":\"/a/b\","
            "\"client\":\"192.0.2.1\",\"request_id\":\"r1\",\"iss\":\"i\",\"sub\":\"s\","
            "\"jti\":\"j\",\"token\":\"ba7816bf8f01\",\"dur_ns\":5120}\n");
}

TEST(DecisionLine, TellsWhatTheHeaderSaysOfAnyTokenThatHasOne) {
  const auto line_of_header = [](std::string_view header) {
    return line_of({.result = DecisionResult::kDenied, .token = testing::forge(header, "{}")});
  };
  EXPECT_NE(line_of_header(R"({"alg":"none","kid":"k\n\"}"})")
                .find(R"(,"alg":"none","kid":"k\u000a\"}","token":")"),
            std::string::npos);
  const std::string huge = line_of_header("{\"kid\":\"" + std::string(1000, 'k') + "\"}");
  expect_json(huge);
  EXPECT_EQ(huge.find("\"alg\""), std::string::npos);
  const std::string nested = line_of_header("{\"kid\":\"" + std::string(kToken) + "\"}");
  EXPECT_NE(nested.find("\"kid\":\"[token]\""), std::string::npos) << nested;
  for (const std::string_view header : {"", "[]", R"({"alg":1,"kid":{}})", "{\"alg\":"}) {
    EXPECT_EQ(line_of_header(header).find("\"alg\""), std::string::npos) << header;
  }
}

TEST(DecisionLine, HashesTheSubjectIfToldTo) {
  std::string line;
  append_decision_line(line, {.sub = "alice"}, 0, Subjects::kHashed);
  expect_json(line);
  EXPECT_EQ(line.find("alice"), std::string::npos);
  // printf %s alice | sha256sum
  EXPECT_NE(line.find(",\"sub_hash\":\"2bd806c97f0e\""), std::string::npos) << line;
}

TEST(DecisionLine, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(line_of({}),
            "{\"ts\":\"1970-01-01T00:00:00.000000000Z\",\"level\":\"info\",\"event\":\"decision\","
            "\"result\":\"allowed\",\"status\":200,\"contract\":\"none\",\"dur_ns\":0}\n");
}

TEST(DecisionLine, NeverHoldsAToken) {
  const std::string token(kToken);
  for (const std::string& text : {token, "/" + token + "/x", "Bearer " + token, token + token}) {
    const std::string line = line_of({.method = text,
                                      .host = text,
                                      .uri = text,
                                      .client = text,
                                      .request_id = text,
                                      .token = token});
    expect_json(line);
    EXPECT_NE(line.find("[token]"), std::string::npos);
    for (size_t begin = 0; begin + 16 <= token.size(); ++begin) {
      EXPECT_EQ(line.find(token.substr(begin, 16)), std::string::npos) << line;
    }
  }
  EXPECT_NE(line_of({.uri = "/keyJson/key.html"}).find("/keyJson/key.html"), std::string::npos);
}

TEST(DecisionLine, IsJsonWhateverTheTextsHold) {
  std::string all_bytes;
  for (int c = 0; c < 256; ++c) all_bytes += static_cast<char>(c);
  for (const std::string& text :
       {all_bytes, std::string("\",\"result\":\"allowed\",\"x\":\""), std::string("a\r\nb\0c", 6),
        std::string(10'000, '\x01'), std::string(10'000, '"'), std::string(10'000, '\xff'),
        std::string("\xED\xA0\x80\xC0\x80\xF4\x90\x80\x80\xE2\x82")}) {
    expect_json(line_of({.result = DecisionResult::kDenied,
                         .reason = Reason::kIssuedInFuture,
                         .contract = Contract::kIntrospect,
                         .status = http::Status::kUnauthorized,
                         .duration_nanoseconds = ~uint64_t{0},
                         .policy = text,
                         .method = text,
                         .host = text,
                         .uri = text,
                         .client = text,
                         .request_id = text,
                         .iss = text,
                         .sub = text,
                         .jti = text,
                         .token = text},
                        INT64_MAX));
  }
}

TEST(JsonString, CutsBetweenCharacters) {
  const auto cut = [](std::string_view text, size_t bytes_max) {
    std::string out;
    append_json_string(out, text, bytes_max);
    return out;
  };
  EXPECT_EQ(cut("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(cut("abcdefg", 6), "\"abc...\"");
  EXPECT_EQ(cut("ab\xC3\xA9"
                "defg",
                6),
            "\"ab...\"");
  EXPECT_EQ(cut("a\ncdefg", 9), "\"a...\"");
  EXPECT_EQ(cut("a\ncdefg", 10), "\"a\\u000a...\"");
  EXPECT_EQ(cut("\xF0\x9F\x98\x80", 4), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(cut("\x7f\xff", 99), "\"\\u007f\xEF\xBF\xBD\"");
}

TEST(JsonString, ReadsNothingBehindItsText) {
  testing::GuardedBuffer guarded(8);
  for (const std::string_view text : {"\xF0\x9F\x98", "\xE2\x82", "\xC3", "abc"}) {
    std::string out;
    append_json_string(out, guarded.at_end(text));
    EXPECT_GE(out.size(), 5u);
  }
}

// --- The ring ---

TEST(DecisionRing, GivesBackWhatWasPutIn) {
  DecisionRing ring;
  Decision decision;
  int64_t time;
  EXPECT_FALSE(ring.front(decision, time));
  const Decision first{.result = DecisionResult::kDenied,
                       .reason = Reason::kScope,
                       .contract = Contract::kEnvoy,
                       .status = http::Status::kForbidden,
                       .duration_nanoseconds = 7,
                       .uri = "/a",
                       .jti = "j",
                       .token = kToken};
  ASSERT_TRUE(ring.push(first, 1));
  ASSERT_TRUE(ring.push({.method = "PUT"}, 2));
  ASSERT_TRUE(ring.front(decision, time));
  EXPECT_EQ(line_of(decision, time), line_of(first, 1));
  const char* token_in_ring = decision.token.data();
  ring.pop();
  EXPECT_EQ(*token_in_ring, '\0') << "wiped";
  ASSERT_TRUE(ring.front(decision, time));
  EXPECT_EQ(decision.method, "PUT");
  EXPECT_EQ(time, 2);
  ring.pop();
  EXPECT_FALSE(ring.front(decision, time));
}

// Sizes that are no divisors of the ring's, so that ends fall everywhere.
TEST(DecisionRing, GoesRoundAndRound) {
  DecisionRing ring;
  Decision decision;
  int64_t time;
  int64_t num_pushed = 0;
  int64_t num_popped = 0;
  const std::string text(DecisionRing::kTextBytesMax, 'x');
  while (num_pushed < 20'000) {
    const auto n = static_cast<size_t>(num_pushed);
    if (ring.push({.uri = std::string_view(text).substr(0, n * 31 % text.size())}, num_pushed)) {
      ++num_pushed;
      continue;
    }
    for (int i = 0; i < 100; ++i, ++num_popped) {
      ASSERT_TRUE(ring.front(decision, time));
      ASSERT_EQ(time, num_popped);
      ASSERT_EQ(decision.uri.size(), static_cast<size_t>(time) * 31 % text.size());
      ASSERT_EQ(decision.uri.find_first_not_of('x'), std::string::npos);
      ring.pop();
    }
  }
}

TEST(DecisionRing, CutsTextsAndLeavesHugeTokensOut) {
  DecisionRing ring;
  Decision decision;
  int64_t time;
  const std::string huge(100'000, 'x');
  ASSERT_TRUE(ring.push({.uri = huge, .token = huge}, 0));
  ASSERT_TRUE(ring.push({.token = std::string_view(huge).substr(0, kTokenBytesMax)}, 0));
  ASSERT_TRUE(ring.front(decision, time));
  EXPECT_EQ(decision.uri.size(), DecisionRing::kTextBytesMax);
  EXPECT_TRUE(decision.token.empty());
  ring.pop();
  ASSERT_TRUE(ring.front(decision, time));
  EXPECT_EQ(decision.token.size(), kTokenBytesMax);
}

// --- The log ---

class DecisionLogTest : public ::testing::Test {
 protected:
  DecisionLogTest() {
    (void)std::signal(SIGXFSZ, SIG_IGN);
    (void)std::signal(SIGPIPE, SIG_IGN);
  }

  [[nodiscard]] std::string path(const std::string& name = "log") const {
    return directory_ / name;
  }
  static std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static size_t num_lines(const std::string& path) {
    const std::string text = contents(path);
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  std::unique_ptr<DecisionLog> open(const std::string& target, double allow_sample = 1.0) {
    auto log = DecisionLog::create({target, allow_sample}, 2,
                                   [this](const std::string& text) { reports_ += text + '\n'; });
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  template <class Condition>
  static void await(Condition condition) {
    for (int i = 0; !condition() && i < 20'000; ++i) std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(condition());
  }

  const testing::TemporaryDirectory directory_;
  std::string reports_;  // to be read when the log is gone
};

constexpr Decision kDenied{.result = DecisionResult::kDenied,
                           .reason = Reason::kExpired,
                           .status = http::Status::kUnauthorized,
                           .token = kToken};

TEST_F(DecisionLogTest, WritesWhatItWasGivenBeforeItEnds) {
  auto log = open(path());
  for (size_t i = 0; i < 3000; ++i) log->channel(i % 2).record(kDenied);
  const uint64_t num_dropped = log->num_dropped();
  log.reset();
  EXPECT_EQ(num_lines(path()), 3000 - num_dropped);
  EXPECT_EQ(contents(path()).find("eyJ"), std::string::npos);
  EXPECT_EQ(reports_, "");
}

TEST_F(DecisionLogTest, WantsAllDenialsAndAShareOfTheRest) {
  auto log = open(path(), 0.1);
  DecisionLog::Channel& channel = log->channel(0);
  int num_wanted = 0;
  for (int i = 0; i < 1000; ++i) num_wanted += channel.wants(DecisionResult::kAllowed);
  EXPECT_EQ(num_wanted, 100);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(channel.wants(DecisionResult::kDenied));
    EXPECT_TRUE(channel.wants(DecisionResult::kError));
  }
  ASSERT_TRUE(log->configure({path(), 0.0}).ok());
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(channel.wants(DecisionResult::kAllowed));
  ASSERT_TRUE(log->configure({path(), 1.0}).ok());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(channel.wants(DecisionResult::kAnonymous));
  ASSERT_TRUE(log->configure({"", 1.0}).ok());
  EXPECT_FALSE(channel.wants(DecisionResult::kDenied)) << "there is no log";
}

TEST_F(DecisionLogTest, GoesOnInANewFileWhenItsOwnWasMoved) {
  auto log = open(path());
  log->channel(0).record(kDenied);
  await([&] { return num_lines(path()) == 1; });
  ASSERT_EQ(rename(path().c_str(), path("log.1").c_str()), 0);
  log->channel(0).record(kDenied);
  await([&] { return num_lines(path("log.1")) == 2; });
  ASSERT_TRUE(log->reopen().ok());
  log->channel(0).record(kDenied);
  await([&] { return num_lines(path()) == 1; });
  EXPECT_EQ(num_lines(path("log.1")), 2u);
}

TEST_F(DecisionLogTest, KeepsItsFileWhenANewOneCannotBeOpened) {
  auto log = open(path());
  const absl::Status status = log->configure({"/no/such/directory/log", 1.0});
  EXPECT_EQ(status.message(), "/no/such/directory/log: No such file or directory");
  log->channel(0).record(kDenied);
  await([&] { return num_lines(path()) == 1; });
  EXPECT_FALSE(DecisionLog::create({directory_.path(), 1.0}, 1, [](const std::string&) {}).ok());
}

TEST_F(DecisionLogTest, BeginsOnALineOfItsOwn) {
  std::ofstream(path()) << "{\"torn";
  auto log = open(path());
  log->channel(0).record(kDenied);
  log.reset();
  EXPECT_EQ(num_lines(path()), 2u);
  EXPECT_TRUE(contents(path()).starts_with("{\"torn\n{\"ts\""));
}

// A limit on the size of files does to a writer what a full disk does: the last write is short, the
// next one fails.
TEST_F(DecisionLogTest, WritesWholeLinesOrNoneToAFullDisk) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit limit = before;
  limit.rlim_cur = 10'000;
  auto log = open(path());
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  // More than the ring holds.
  for (int i = 0; i < 20'000; ++i) log->channel(0).record(kDenied);
  await([&] { return log->num_failures() > 1 && log->num_dropped() > 0; });
  const std::string while_full = contents(path());
  EXPECT_TRUE(while_full.ends_with("}\n")) << while_full.substr(while_full.size() - 200);
  EXPECT_GT(while_full.size(), 9'000u);
  EXPECT_LE(while_full.size(), 10'000u);

  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  const uint64_t num_dropped = log->num_dropped();
  log.reset();
  const std::string text = contents(path());
  EXPECT_EQ(num_lines(path()), 20'000 - num_dropped);
  EXPECT_TRUE(text.starts_with(while_full));
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    ASSERT_TRUE(text.compare(begin, 6, "{\"ts\":") == 0 && text[end - 1] == '}');
  }
  EXPECT_NE(reports_.find("does not take lines"), std::string::npos) << reports_;
  EXPECT_NE(reports_.find("takes lines again"), std::string::npos) << reports_;
}

TEST_F(DecisionLogTest, EndsThoughItsDiskIsFull) {
  auto log = open("/dev/full");
  log->channel(0).record(kDenied);
  await([&] { return log->num_failures() > 0; });
  EXPECT_EQ(log->num_written(), 0u);
  log.reset();
  EXPECT_EQ(reports_, "the decision log does not take lines: /dev/full: No space left on device\n");
}

TEST_F(DecisionLogTest, EndsThoughNobodyReadsItsPipe) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  auto log = open(path());
  for (int i = 0; i < 20'000; ++i) log->channel(0).record(kDenied);
  await([&] { return log->num_failures() > 0 && log->num_dropped() > 0; });
  // What it did take are whole lines.
  const net::UniqueFd reader(::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::string text(1 << 20, '\0');
  const ssize_t n = ::read(reader.get(), text.data(), text.size());
  ASSERT_GT(n, PIPE_BUF);
  EXPECT_TRUE(text.substr(0, static_cast<size_t>(n)).ends_with("}\n"));
}

}  // namespace
}  // namespace simdjwt::serve
