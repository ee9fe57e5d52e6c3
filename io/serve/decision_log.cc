// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/decision_log.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "net/os_error.h"

namespace simdjwt::serve {
namespace {

using std::chrono::steady_clock;

// How long a decision may wait to be written where few are made, or the disk was full.
constexpr int kPauseMilliseconds = 100;
constexpr auto kStopPatience = std::chrono::seconds(1);
constexpr size_t kWriteBytes = 64 * 1024;

int64_t unix_nanoseconds() noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

DecisionResult result_of(Outcome outcome) noexcept {
  if (outcome == Outcome::kAllowed) return DecisionResult::kAllowed;
  if (outcome == Outcome::kAnonymous) return DecisionResult::kAnonymous;
  return reason_of(outcome) == Reason::kUnavailable ? DecisionResult::kError
                                                    : DecisionResult::kDenied;
}

Decision decision_of(Outcome outcome, std::string_view token, const VerifyResult* result) noexcept {
  Decision decision{.result = result_of(outcome), .reason = reason_of(outcome)};
  if (result == nullptr) return decision;
  decision.token = token;
  if (outcome != Outcome::kAllowed) return decision;
  const VerifiedToken& verified = **result;
  decision.iss = verified.iss().value_or("");
  decision.sub = verified.sub().value_or("");
  decision.jti = verified.jti().value_or("");
  return decision;
}

void DecisionLog::Channel::record(const Decision& decision) noexcept {
  if (!ring_.push(decision, unix_nanoseconds())) dropped_.add();
  // One system call in hundreds of decisions; otherwise the writer comes by itself.
  if (ring_.needs_reader() && !log_.is_woken_.load(std::memory_order_relaxed)) log_.wake();
}

DecisionLog::DecisionLog(size_t num_reactors, std::function<void(const std::string&)> report)
    : report_(std::move(report)) {
  for (size_t i = 0; i < num_reactors; ++i) {
    channels_.push_back(std::unique_ptr<Channel>(new Channel(*this)));
  }
}

absl::StatusOr<std::unique_ptr<DecisionLog>> DecisionLog::create(
    const DecisionLogOptions& options, size_t num_reactors,
    std::function<void(const std::string&)> report) {
  std::unique_ptr<DecisionLog> log(new DecisionLog(num_reactors, std::move(report)));
  log->wake_ = net::UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!log->wake_) return net::os_error("eventfd", errno);
  if (absl::Status status = log->configure(options); !status.ok()) return status;
  log->writer_ = std::thread([&log = *log] { log.run(); });
  return log;
}

DecisionLog::~DecisionLog() {
  is_stopping_ = true;
  wake();
  if (writer_.joinable()) writer_.join();
}

absl::Status DecisionLog::configure(const DecisionLogOptions& options) {
  absl::StatusOr<LogSink> sink = LogSink::open(options.target);
  if (!sink.ok()) return sink.status();
  {
    const std::lock_guard lock(next_sink_mutex_);
    next_sink_ = *std::move(sink);
  }
  const bool is_off = options.target.empty();
  // Up, so that a tenth is one of the first ten.
  const double share = std::ceil(options.allow_sample * double{kAlways});
  subjects_ = options.subjects;
  allow_share_ = is_off ? kOff : static_cast<uint64_t>(share);
  options_ = options;
  return absl::OkStatus();
}

uint64_t DecisionLog::num_dropped() const noexcept {
  uint64_t sum = 0;
  for (const auto& channel : channels_) sum += channel->num_dropped();
  return sum;
}

void DecisionLog::wake() noexcept {
  is_woken_.store(true, std::memory_order_relaxed);
  const uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
}

void DecisionLog::run() {
  std::string lines;
  size_t num_lines = 0;  // in `lines`
  std::optional<steady_clock::time_point> deadline;
  while (true) {
    // Asked before the rings are: what was recorded before the stop is seen.
    if (!deadline && is_stopping_) deadline = steady_clock::now() + kStopPatience;
    {
      const std::lock_guard lock(next_sink_mutex_);
      if (next_sink_) sink_ = *std::exchange(next_sink_, std::nullopt);
    }
    is_woken_.store(false, std::memory_order_relaxed);
    gather(lines, num_lines);
    const bool has_more = lines.size() >= kWriteBytes;
    const bool is_written = write(lines);
    if (is_written) written_.add(std::exchange(num_lines, 0));
    if (is_written && has_more) continue;
    if (deadline && (is_written || steady_clock::now() > *deadline)) return;

    pollfd ready{.fd = wake_.get(), .events = POLLIN, .revents = 0};
    uint64_t value;
    // A disk that is full is not asked more often because more comes.
    if (!is_written) {
      (void)poll(nullptr, 0, kPauseMilliseconds);
    } else if (poll(&ready, 1, kPauseMilliseconds) == 1) {
      (void)!::read(wake_.get(), &value, sizeof(value));
    }
  }
}

void DecisionLog::gather(std::string& lines, size_t& num_lines) {
  Decision decision;
  int64_t time;
  for (const auto& channel : channels_) {
    while (lines.size() < kWriteBytes && channel->ring_.front(decision, time)) {
      append_decision_line(lines, decision, time, subjects_.load(std::memory_order_relaxed));
      channel->ring_.pop();
      ++num_lines;
    }
  }
}

bool DecisionLog::write(std::string& lines) {
  const absl::Status status = sink_.write(lines);
  if (!status.ok()) failures_.add();
  if (is_failing_ == status.ok()) {
    is_failing_ = !status.ok();
    report_(is_failing_ ? "the decision log does not take lines: " + std::string(status.message())
                        : "the decision log takes lines again");
  }
  return status.ok();
}

}  // namespace simdjwt::serve
