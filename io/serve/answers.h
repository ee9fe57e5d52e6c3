// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Answers: what the contracts say to each outcome, rendered beforehand.
//
//                  nginx              forward      envoy        haproxy   verify
//   allowed        200                200          200          200       200, JSON
//   no token       401                401, JSON    401, JSON    401       401, JSON
//   not a request  401                400, JSON    400, JSON    401       400, JSON
//   bad token      401                401, JSON    401, JSON    401       401, JSON
//   scope          403, X-Auth-Ch.    403, JSON    403, JSON    403       403, JSON
//   not judged     503                503, JSON    403, JSON    503       503, JSON
//
// A proxy that gets a body where it wants none does not reuse the connection (nginx), and one that
// gets a status it does not know makes it 500 (nginx again, of 400).

#ifndef SIMDJWT_IO_SERVE_ANSWERS_H_
#define SIMDJWT_IO_SERVE_ANSWERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "http/status.h"
#include "serve/contract.h"
#include "serve/outcome.h"
#include "serve/policy_config.h"

namespace simdjwt::serve {

struct Answer {
  http::Status status;
  http::Response response;
};

// Of one policy; immutable. About 50 KiB, so policies that would say the same share one.
//
// A client learns the reason of a failure, never the exact verdict: which of two checks failed
// helps those who guess. The verdict is for those who ask /verify.
class Answers {
 public:
  explicit Answers(const PolicyConfig& policy);

  // Of the contracts kNginx to kVerify. Those of kVerify are of_any_body().
  [[nodiscard]] const Answer& of(Contract contract, Outcome outcome) const noexcept {
    return answers_[index_of(contract) * kNumOutcomes + static_cast<size_t>(outcome)];
  }

  // Equal for policies whose answers are.
  [[nodiscard]] static std::string key_of(const PolicyConfig& policy);

 private:
  static constexpr size_t index_of(Contract contract) noexcept {
    return static_cast<size_t>(contract) - static_cast<size_t>(Contract::kNginx);
  }
  std::vector<Answer> answers_;
};

// What is said without a policy, and without a body: 200, 404, 405, 408, and the refusals of the
// request parser. Static storage.
[[nodiscard]] const Answer& plain_answer(http::Status status) noexcept;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ANSWERS_H_
