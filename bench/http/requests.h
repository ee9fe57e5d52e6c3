// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Requests: what a load run sends, rendered beforehand and one after the other in memory, so that
// any number of consecutive ones is sent without a copy.

#ifndef SIMDJWT_BENCH_HTTP_REQUESTS_H_
#define SIMDJWT_BENCH_HTTP_REQUESTS_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simdjwt::bench {

class Requests {
 public:
  // GET requests for `path`, each with one of `tokens` as bearer token; without tokens, one request
  // with none. Up to `num_together` will be sent at once.
  [[nodiscard]] static Requests checks(std::string_view path,
                                       const std::vector<std::string>& tokens, size_t num_together);

  // POST requests for `path`, each with `num_tokens` of `tokens` as lines of its body; what is left
  // over at the end is not sent. `accept`, if not empty, is the form of reply to ask for.
  // Precondition: num_tokens <= tokens.size().
  [[nodiscard]] static Requests bulk(std::string_view path, std::string_view accept,
                                     const std::vector<std::string>& tokens, size_t num_tokens,
                                     size_t num_together);

  // Requests `first` to `first + count - 1`; after the last comes the first again.
  // Precondition: first < size(), count <= num_together.
  [[nodiscard]] std::string_view range(size_t first, size_t count) const noexcept {
    return std::string_view(bytes_).substr(begins_[first], begins_[first + count] - begins_[first]);
  }

  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  void append(std::string_view request);
  void wrap(size_t num_together);

  std::string bytes_;
  std::vector<size_t> begins_ = {0};  // of each request, and the end of the last
  size_t size_ = 0;
};

// The lines of a file, empty ones left out. Fails if there are none.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> read_lines(const std::string& path);

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_HTTP_REQUESTS_H_
