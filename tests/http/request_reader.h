// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RequestReader: what the bytes of one connection mean to our parser and body decoder, one request
// behind another. Needs no test framework: fuzz targets use it, too.

#ifndef SIMDJWT_TESTS_HTTP_REQUEST_READER_H_
#define SIMDJWT_TESTS_HTTP_REQUEST_READER_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/body_decoder.h"
#include "http/request_parser.h"

namespace simdjwt::testing {

// A request that has come to its end.
struct ReadRequest {
  std::string head;     // as it was received
  std::string body;     // as it was received, with its framing
  std::string content;  // of the body
  // What the parser said, with views into `head`.
  http::Request request;
};

class RequestReader {
 public:
  explicit RequestReader(uint64_t content_bytes_max = http::BodyDecoder::kNoLimit,
                         http::RecurringHead* recurring = nullptr)
      : content_bytes_max_(content_bytes_max), parser_({}, recurring) {}

  // More bytes from the client. What follows a refused or last request is not looked at.
  void receive(std::string_view bytes) {
    pending_.append(bytes);
    // On the heap and of exact size, so that a sanitizer sees a read beyond it.
    const auto copy = std::make_unique<char[]>(pending_.size());
    std::memcpy(copy.get(), pending_.data(), pending_.size());
    std::string_view rest(copy.get(), pending_.size());
    while (!is_over() && (is_in_body_ ? read_body(rest) : read_head(rest))) {
    }
    pending_.erase(0, pending_.size() - rest.size());
  }

  // In the order they came; at stable addresses.
  [[nodiscard]] const std::vector<std::unique_ptr<ReadRequest>>& requests() const {
    return requests_;
  }
  // kOk if nothing is refused.
  [[nodiscard]] http::Status refusal() const { return refusal_; }
  [[nodiscard]] bool is_in_body() const { return is_in_body_; }
  // Whether no further request is read.
  [[nodiscard]] bool is_over() const { return refusal_ != http::Status::kOk || is_closed_; }
  [[nodiscard]] bool is_between_requests() const { return pending_.empty() && !is_in_body_; }
  // Where the request begins that is refused, or has not ended.
  [[nodiscard]] size_t begin() const { return begin_; }

 private:
  // Each returns whether to go on.
  bool read_head(std::string_view& rest) {
    switch (parser_.parse(rest)) {
      case http::RequestParser::Outcome::kIncomplete:
        return false;
      case http::RequestParser::Outcome::kRefused:
        refusal_ = parser_.refusal();
        return false;
      case http::RequestParser::Outcome::kComplete:
        break;
    }
    current_ = std::make_unique<ReadRequest>();
    current_->head = rest.substr(0, parser_.head_bytes());
    current_->request = moved(parser_.request(), rest.data(), current_->head.data());
    rest.remove_prefix(parser_.head_bytes());
    decoder_ = http::BodyDecoder(current_->request, content_bytes_max_);
    is_in_body_ = true;
    return true;
  }

  bool read_body(std::string_view& rest) {
    const http::BodyDecoder::Decoded decoded = decoder_.decode(rest);
    current_->body.append(rest.substr(0, decoded.num_consumed));
    current_->content.append(decoded.content);
    rest.remove_prefix(decoded.num_consumed);
    switch (decoded.outcome) {
      case http::BodyDecoder::Outcome::kContent:
        return true;
      case http::BodyDecoder::Outcome::kIncomplete:
        return false;
      case http::BodyDecoder::Outcome::kRefused:
        refusal_ = decoder_.refusal();
        return false;
      case http::BodyDecoder::Outcome::kComplete:
        break;
    }
    begin_ += current_->head.size() + current_->body.size();
    is_in_body_ = false;
    is_closed_ = !current_->request.keep_alive;
    requests_.push_back(std::move(current_));
    return true;
  }

  // The request with views into a copy of the bytes it was parsed from.
  static http::Request moved(http::Request request, const char* from, const char* to) {
    for (std::string_view* view : {&request.method_name, &request.path, &request.query,
                                   &request.fields, &request.authorization}) {
      if (!view->empty()) *view = {to + (view->data() - from), view->size()};
    }
    return request;
  }

  uint64_t content_bytes_max_;
  http::RequestParser parser_;
  http::BodyDecoder decoder_;
  std::string pending_;
  std::unique_ptr<ReadRequest> current_;
  std::vector<std::unique_ptr<ReadRequest>> requests_;
  http::Status refusal_ = http::Status::kOk;
  size_t begin_ = 0;
  bool is_in_body_ = false;
  bool is_closed_ = false;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_HTTP_REQUEST_READER_H_
