// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Body: the JSON object that a request brings, read strictly.

#ifndef SIMDJWT_IO_API_BODY_H_
#define SIMDJWT_IO_API_BODY_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/problem.h"
#include "serve/control_request.h"

namespace simdjwt::api {

// The first thing that is wrong is noted and what is wrong reads as absent, so that the reader goes
// straight on; finish() tells of it, or of the first member that nobody asked for. A member that
// has the wrong type or occurs twice, at whatever depth, is wrong. No body at all is an empty
// object.
class Body {
 public:
  explicit Body(const serve::ControlRequest& request);
  Body(Body&&) noexcept;
  ~Body();

  [[nodiscard]] bool has(const char* name);
  [[nodiscard]] bool is_null(const char* name);
  [[nodiscard]] std::optional<std::string> text(const char* name);
  // Empty, and a problem, if absent.
  [[nodiscard]] std::string required_text(const char* name);
  // A number without a fraction, of at least `min`.
  [[nodiscard]] std::optional<int64_t> integer(const char* name, int64_t min = 0);
  [[nodiscard]] std::optional<bool> boolean(const char* name);
  [[nodiscard]] std::vector<std::string> texts(const char* name);
  // One of these texts: its place among them.
  [[nodiscard]] std::optional<size_t> choice(const char* name,
                                             std::initializer_list<std::string_view> choices);
  // The JSON text of an object, or of a string or integer.
  [[nodiscard]] std::optional<std::string> object_json(const char* name);
  [[nodiscard]] std::optional<std::string> scalar_json(const char* name);
  // An object to be read in turn, before this one is finished; empty if absent.
  [[nodiscard]] Body object(const char* name);

  // Notes that a member is wrong, or missing.
  void fail(const char* name, std::string detail);

  [[nodiscard]] std::optional<Problem> finish();

 private:
  struct Document;
  struct Member;
  explicit Body(std::shared_ptr<Document> document);

  void read(const serve::ControlRequest& request);
  void note(Problem problem);
  void note_type(const char* name, std::string_view what);
  // Null if absent.
  Member* find(const char* name);

  std::shared_ptr<Document> document_;  // shared with its objects
  std::string prefix_;                  // "life."
  std::vector<Member> members_;
};

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_BODY_H_
