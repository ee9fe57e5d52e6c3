// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/verify_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/times.h"
#include "cli/token_input.h"
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

// Of this thread, so that a busy machine or slow input does not count.
int64_t cpu_nanoseconds() {
  std::timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

LinesVerifier::LinesVerifier(const Verifier& verifier, const Demands& demands,
                             VerifySettings settings)
    : verifier_(verifier),
      demands_(demands),
      settings_(settings),
      explainer_(verifier, demands),
      progress_(STDIN_FILENO) {}

bool LinesVerifier::run() {
  claim_standard_input();
  explain_waiting_for_terminal("tokens");
  TokenLines lines(STDIN_FILENO);
  // Whether there is one token or many decides how people are told, so the second is waited for.
  bool more = lines.next(settings_.json ? 1 : 2);
  if (!more) throw Failure("standard input: holds no token");
  if (!settings_.json && lines.at_end() && lines.tokens().size() == 1) {
    return verify_one(verifier_, demands_, settings_, lines.tokens().front());
  }
  for (; more; more = lines.next()) {
    judge_batch(lines);
    progress_.update(lines.bytes_read(), num_tokens_);
  }
  progress_.clear();
  if (!settings_.json) print_summary();
  return counts_[static_cast<size_t>(Verdict::kValid)] == num_tokens_;
}

void LinesVerifier::judge_batch(const TokenLines& lines) {
  const int64_t now = settings_.now.value_or(system_now());
  results_.resize(lines.tokens().size());
  const int64_t start = cpu_nanoseconds();
  verifier_.verify_batch(lines.tokens(), results_, scratch_, now);
  nanoseconds_verifying_ += cpu_nanoseconds() - start;
  num_tokens_ += results_.size();
  for (size_t i = 0; i < results_.size(); ++i) {
    ++counts_[static_cast<size_t>(results_[i].verdict())];
    if (settings_.json || !results_[i]) report(lines, i, results_[i], now);
  }
  flush_output();  // whoever reads along sees a line when its token was judged
}

void LinesVerifier::report(const TokenLines& lines, size_t index, const VerifyResult& result,
                           int64_t now) {
  progress_.make_way();
  const uint64_t line = lines.line_number(index);
  if (result) return print(json_of_valid(*result, demands_, now, line) + '\n');
  const std::vector<Finding> findings = explainer_.explain(lines.tokens()[index], result, now);
  print(settings_.json
            ? json_of_rejected(result.verdict(), findings, now, line) + '\n'
            : "line " + std::to_string(line) + ": " + describe_rejected_in_line(findings));
}

void LinesVerifier::print_summary() const {
  const uint64_t num_valid = counts_[static_cast<size_t>(Verdict::kValid)];
  std::string text = with_thousands(num_tokens_) + " tokens: " + with_thousands(num_valid) +
                     " valid, " + with_thousands(num_tokens_ - num_valid) + " rejected\n";
  for (size_t value = 1; value < kNumVerdicts; ++value) {
    if (counts_[value] == 0) continue;
    std::string name(to_string(static_cast<Verdict>(value)));
    name.resize(std::max<size_t>(name.size(), 24), ' ');
    text += "  " + name + ' ' + with_thousands(counts_[value]) + '\n';
  }
  const double seconds = static_cast<double>(std::max<int64_t>(nanoseconds_verifying_, 1)) * 1e-9;
  const auto tokens_per_second = static_cast<uint64_t>(static_cast<double>(num_tokens_) / seconds);
  char milliseconds[32];
  (void)std::snprintf(milliseconds, sizeof(milliseconds), "%.3g", seconds * 1e3);
  text += "verified in " + std::string(milliseconds) +
          " ms on one core: " + with_thousands(tokens_per_second) + " tokens/s\n";
  print(text);
}

}  // namespace simdjwt::cli
