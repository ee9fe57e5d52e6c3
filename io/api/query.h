// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Query: the parameters of a request's target, read strictly; and cursors, which are one of them.

#ifndef SIMDJWT_IO_API_QUERY_H_
#define SIMDJWT_IO_API_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/problem.h"

namespace simdjwt::api {

// Where the next page of a list begins, as text that says nothing to others: the kind of list and a
// name or number, in hexadecimal.
[[nodiscard]] std::string make_cursor(char kind, std::string_view place);

// As Body has it: what is wrong reads as absent, and finish() tells of the first.
class Query {
 public:
  // Of "a=1&b=2", percent-encoded.
  explicit Query(std::string_view query);

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::optional<size_t> choice(std::string_view name,
                                             std::initializer_list<std::string_view> choices);
  // Seconds since 1970.
  [[nodiscard]] std::optional<int64_t> number(std::string_view name);
  // limit: how many there are on a page.
  [[nodiscard]] size_t limit();
  // cursor: the place that make_cursor() was given, for this kind.
  [[nodiscard]] std::optional<std::string> cursor(char kind);
  [[nodiscard]] std::optional<int64_t> numeric_cursor(char kind);

  // Notes that a parameter is wrong.
  void fail(std::string_view name, std::string detail);

  [[nodiscard]] std::optional<Problem> finish();

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool was_asked;
  };
  void add(std::string_view pair);

  std::vector<Parameter> parameters_;
  std::optional<Problem> problem_;
};

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_QUERY_H_
