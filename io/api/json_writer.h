// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// JsonWriter: JSON on one line, member by member.

#ifndef SIMDJWT_IO_API_JSON_WRITER_H_
#define SIMDJWT_IO_API_JSON_WRITER_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/json_text.h"

namespace simdjwt::api {

//   JsonWriter().begin_object().add("name", "a").begin_array("of").add(1).end_array().end_object()
//
// Every add() of an object has a name, none of an array. It is the caller's to begin and end.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return separate('{'); }
  JsonWriter& begin_object(std::string_view name) { return key(name).separate('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array(std::string_view name) { return key(name).separate('['); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& add(std::string_view value) {
    separate();
    serve::append_json_string(text_, value);
    return *this;
  }
  template <class Value>
  JsonWriter& add(std::string_view name, const Value& value) {
    if constexpr (std::same_as<Value, bool>) {
      return add_json(name, value ? "true" : "false");
    } else if constexpr (std::integral<Value>) {
      return add_json(name, std::to_string(value));
    } else if constexpr (std::same_as<Value, std::optional<int64_t>>) {
      return add_json(name, value ? std::to_string(*value) : "null");
    } else {
      return key(name).add(std::string_view(value));
    }
  }
  JsonWriter& add(std::string_view name, const std::vector<std::string>& values) {
    begin_array(name);
    for (const std::string& value : values) add(value);
    return end_array();
  }
  // What is JSON already.
  JsonWriter& add_json(std::string_view name, std::string_view json) {
    key(name).separate();
    text_ += json;
    return *this;
  }
  JsonWriter& add_null(std::string_view name) { return add_json(name, "null"); }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  // A comma stands before all but what is first, or follows its name.
  void separate() {
    if (!text_.empty() && !is_at_begin_) text_ += ',';
    is_at_begin_ = false;
  }
  JsonWriter& separate(char open) {
    separate();
    text_ += open;
    is_at_begin_ = true;
    return *this;
  }
  JsonWriter& key(std::string_view name) {
    separate();
    serve::append_json_string(text_, name);
    text_ += ':';
    is_at_begin_ = true;
    return *this;
  }
  JsonWriter& end(char close) {
    text_ += close;
    is_at_begin_ = false;
    return *this;
  }

  std::string text_;
  bool is_at_begin_ = true;
};

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_JSON_WRITER_H_
