// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// run_load(): keeps a server busy over some connections and measures it. One thread, one io_uring:
// with epoll the client's CPU time for a request was a tenth more.

#ifndef SIMDJWT_BENCH_HTTP_LOAD_H_
#define SIMDJWT_BENCH_HTTP_LOAD_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <vector>

#include "cpu_time.h"
#include "endpoint.h"
#include "expected_replies.h"
#include "histogram.h"
#include "requests.h"

namespace simdjwt::bench {

struct LoadOptions {
  size_t num_connections = 64;
  size_t depth = 1;  // requests that a connection has under way at most
  // Requests a second over all connections. 0: a closed loop, in which a connection sends `depth`
  // requests as soon as all it sent are answered.
  double rate = 0;
  double warmup_seconds = 0.3;
  double seconds = 3;
  uint64_t num_requests = 0;  // if not 0, ends after as many instead
  std::vector<int> server_pids;
  bool tls = false;
};

struct LoadResult {
  uint64_t num_requests = 0;  // answered while it was measured
  double seconds = 0;
  double client_cpu_seconds = 0;
  CpuSeconds server_cpu_seconds;  // of server_pids
  uint64_t num_late = 0;          // due by the rate, but not sent before the end
  // From sending (with a rate: from when it was due, sent or not) to the reply's last byte.
  Histogram latency;
};

// Asks with the first `count` requests, one after the other, what the replies are to be. Fails if
// one has another status than `status`, or another head than the first but for the date.
[[nodiscard]] absl::StatusOr<ExpectedReplies> learn_replies(const Endpoint& endpoint,
                                                            const Requests& requests, size_t count,
                                                            int status, bool tls);

// Fails with a sentence if a byte is wrong, a connection ends or an answer is missing for ten
// seconds.
[[nodiscard]] absl::StatusOr<LoadResult> run_load(const Endpoint& endpoint,
                                                  const Requests& requests,
                                                  const ExpectedReplies& expected,
                                                  const LoadOptions& options);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_LOAD_H_
