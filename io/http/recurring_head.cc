// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/recurring_head.h"

#include <cstring>

#include "http/scan.h"

namespace simdjwt::http {

void RecurringHead::remember(std::string_view head, Request& request) noexcept {
  const std::string_view value = request.authorization;
  size_t token_begin = value.find(' ') + 1;  // behind the scheme, or all of it
  while (value.substr(token_begin).starts_with(' ')) ++token_begin;
  if (value.empty() || visible_end(value, token_begin) < value.size()) return;

  const char* token = value.data() + token_begin;
  const auto before_bytes = static_cast<size_t>(token - head.data());
  const size_t token_bytes = value.size() - token_begin;
  const size_t after_bytes = head.size() - before_bytes - token_bytes;
  if (before_bytes + after_bytes > kBytesMax) return;

  std::memcpy(bytes_.data(), head.data(), before_bytes);
  std::memcpy(bytes_.data() + before_bytes, token + token_bytes, after_bytes);
  before_bytes_ = before_bytes;
  after_bytes_ = after_bytes;
  token_bytes_ = token_bytes;
  request.recurrence = request_.recurrence + 1;
  request_ = request;
  for (std::string_view* part : {&request_.method_name, &request_.path, &request_.query,
                                 &request_.fields, &request_.authorization}) {
    *part = moved(*part, head.data(), bytes_.data());
  }
}

size_t RecurringHead::recognize(std::string_view bytes, Request& request) const noexcept {
  if (before_bytes_ == 0 || !bytes.starts_with({bytes_.data(), before_bytes_})) return 0;
  const size_t token_end = visible_end(bytes, before_bytes_);
  const std::string_view after(bytes_.data() + before_bytes_, after_bytes_);
  if (token_end == before_bytes_ || !bytes.substr(token_end).starts_with(after)) return 0;

  const size_t token_bytes = token_end - before_bytes_;
  request = request_;
  for (std::string_view* part : {&request.method_name, &request.path, &request.query,
                                 &request.fields, &request.authorization}) {
    *part = moved(*part, bytes_.data(), bytes.data());
  }
  for (std::string_view* part : {&request.fields, &request.authorization}) {
    *part = {part->data(), part->size() + token_bytes - token_bytes_};
  }
  return token_end + after_bytes_;
}

}  // namespace simdjwt::http
