// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "requests.h"

#include <fstream>

namespace simdjwt::bench {

void Requests::append(std::string_view request) {
  bytes_.append(request);
  begins_.push_back(bytes_.size());
}

// Repeats the first ones behind the last, so that a range may run over the end.
void Requests::wrap(size_t num_together) {
  size_ = begins_.size() - 1;
  for (size_t i = 0; i + 1 < num_together; ++i) append(std::string(range(i, 1)));
}

Requests Requests::checks(std::string_view path, const std::vector<std::string>& tokens,
                          size_t num_together) {
  const std::string head = "GET " + std::string(path) + " HTTP/1.1\r\nHost: bench\r\n";
  Requests requests;
  for (const std::string& token : tokens) {
    requests.append(head + "Authorization: Bearer " + token + "\r\n\r\n");
  }
  if (tokens.empty()) requests.append(head + "\r\n");
  requests.wrap(num_together);
  return requests;
}

Requests Requests::bulk(std::string_view path, std::string_view accept,
                        const std::vector<std::string>& tokens, size_t num_tokens,
                        size_t num_together) {
  std::string head = "POST " + std::string(path) + " HTTP/1.1\r\nHost: bench\r\n";
  if (!accept.empty()) head.append("Accept: ").append(accept).append("\r\n");
  Requests requests;
  for (size_t first = 0; first + num_tokens <= tokens.size(); first += num_tokens) {
    std::string body;
    for (size_t i = first; i < first + num_tokens; ++i) body += tokens[i] + '\n';
    requests.append(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  requests.wrap(num_together);
  return requests;
}

absl::StatusOr<std::vector<std::string>> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  if (lines.empty()) return absl::InvalidArgumentError(path + ": no tokens");
  return lines;
}

}  // namespace simdjwt::bench
