// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/body.h"

#include <absl/container/flat_hash_set.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "serve/text.h"

namespace simdjwt::api {

using http::Status;
using serve::concat;
using simdjson::dom::element;

struct Body::Document {
  simdjson::dom::parser parser;
  std::optional<Problem> problem;  // the first
};

struct Body::Member {
  std::string_view name;
  element value;
  bool was_asked;
};

namespace {

bool is_json_type(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.size() >= kJson.size() && type.find_first_not_of(" \t", kJson.size()) == type.npos &&
         std::equal(kJson.begin(), kJson.end(), type.begin(),
                    [](char a, char b) { return a == (b | 0x20) || a == b; });
}

// The name that an object in it has twice, if there is one. As deep as the parser goes.
std::optional<std::string> find_duplicate(const element& value) {
  simdjson::dom::array array;
  if (value.get_array().get(array) == simdjson::SUCCESS) {
    for (const element part : array) {
      if (auto duplicate = find_duplicate(part)) return duplicate;
    }
  }
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  absl::flat_hash_set<std::string_view> names;
  for (const auto member : object) {
    if (!names.insert(member.key).second) return std::string(member.key);
    if (auto duplicate = find_duplicate(member.value)) return duplicate;
  }
  return std::nullopt;
}

}  // namespace

Body::Body(std::shared_ptr<Document> document) : document_(std::move(document)) {}
Body::Body(Body&&) noexcept = default;
Body::~Body() = default;

Body::Body(const serve::ControlRequest& request) : document_(std::make_shared<Document>()) {
  if (!request.body.empty()) read(request);
}

void Body::read(const serve::ControlRequest& request) {
  if (!is_json_type(request.field("content-type").value)) {
    return note({Status::kUnsupportedMediaType, "unsupported_media_type",
                 "the body's Content-Type is not application/json"});
  }
  constexpr size_t kDepthMax = 32;
  element root;
  const bool is_sound =
      document_->parser.allocate(request.body.size(), kDepthMax) == simdjson::SUCCESS &&
      document_->parser.parse(request.body).get(root) == simdjson::SUCCESS;
  if (!is_sound) return note({Status::kBadRequest, "malformed_body", "the body is not JSON"});
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return note({Status::kBadRequest, "malformed_body", "the body is not a JSON object"});
  }
  if (const auto duplicate = find_duplicate(root)) {
    return note({Status::kBadRequest, "malformed_body",
                 "an object of the body has the member twice", *duplicate});
  }
  for (const auto member : object) members_.push_back({member.key, member.value, false});
}

bool Body::has(const char* name) { return find(name) != nullptr; }

bool Body::is_null(const char* name) {
  const Member* const member = find(name);
  return member != nullptr && member->value.is_null();
}

std::optional<std::string> Body::text(const char* name) {
  const Member* const member = find(name);
  if (member == nullptr) return std::nullopt;
  std::string_view text;
  if (member->value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  note_type(name, "a string");
  return std::nullopt;
}

std::string Body::required_text(const char* name) {
  if (!has(name)) fail(name, "is missing");
  return text(name).value_or("");
}

std::optional<int64_t> Body::integer(const char* name, int64_t min) {
  const Member* const member = find(name);
  if (member == nullptr) return std::nullopt;
  int64_t number = 0;
  if (member->value.get_int64().get(number) != simdjson::SUCCESS) {
    note_type(name, "an integer");
    return std::nullopt;
  }
  if (number >= min) return number;
  fail(name, concat("is less than ", min));
  return std::nullopt;
}

std::optional<bool> Body::boolean(const char* name) {
  const Member* const member = find(name);
  if (member == nullptr) return std::nullopt;
  bool value = false;
  if (member->value.get_bool().get(value) == simdjson::SUCCESS) return value;
  note_type(name, "true or false");
  return std::nullopt;
}

std::vector<std::string> Body::texts(const char* name) {
  const Member* const member = find(name);
  if (member == nullptr) return {};
  simdjson::dom::array array;
  std::vector<std::string> texts;
  bool is_sound = member->value.get_array().get(array) == simdjson::SUCCESS;
  if (is_sound) {
    for (const element part : array) {
      std::string_view text;
      is_sound = is_sound && part.get_string().get(text) == simdjson::SUCCESS;
      texts.emplace_back(text);
    }
  }
  if (is_sound) return texts;
  note_type(name, "an array of strings");
  return {};
}

std::optional<size_t> Body::choice(const char* name,
                                   std::initializer_list<std::string_view> choices) {
  const std::optional<std::string> chosen = text(name);
  if (!chosen) return std::nullopt;
  std::string all;
  for (size_t i = 0; i < choices.size(); ++i) {
    const std::string_view choice = choices.begin()[i];
    if (choice == *chosen) return i;
    serve::append(all, i == 0 ? "" : ", ", choice);
  }
  fail(name, concat("is none of ", all));
  return std::nullopt;
}

std::optional<std::string> Body::object_json(const char* name) {
  const Member* const member = find(name);
  if (member == nullptr) return std::nullopt;
  if (member->value.is_object()) return simdjson::to_string(member->value);
  note_type(name, "an object");
  return std::nullopt;
}

std::optional<std::string> Body::scalar_json(const char* name) {
  const Member* const member = find(name);
  if (member == nullptr) return std::nullopt;
  const element& value = member->value;
  if (value.is_string() || value.is_int64() || value.is_uint64()) return simdjson::to_string(value);
  note_type(name, "a string or an integer");
  return std::nullopt;
}

Body Body::object(const char* name) {
  Body inner(document_);
  inner.prefix_ = concat(prefix_, name, ".");
  const Member* const member = find(name);
  if (member == nullptr) return inner;
  simdjson::dom::object object;
  if (member->value.get_object().get(object) != simdjson::SUCCESS) {
    note_type(name, "an object");
    return inner;
  }
  for (const auto part : object) inner.members_.push_back({part.key, part.value, false});
  return inner;
}

void Body::fail(const char* name, std::string detail) {
  note({Status::kUnprocessableContent, "invalid_value", std::move(detail), concat(prefix_, name)});
}

std::optional<Problem> Body::finish() {
  for (const Member& member : members_) {
    if (member.was_asked) continue;
    note({Status::kUnprocessableContent, "unknown_member", "is not known here",
          concat(prefix_, member.name)});
  }
  return document_->problem;
}

void Body::note(Problem problem) {
  if (!document_->problem) document_->problem = std::move(problem);
}

void Body::note_type(const char* name, std::string_view what) {
  note({Status::kUnprocessableContent, "wrong_type", concat("is not ", what),
        concat(prefix_, name)});
}

Body::Member* Body::find(const char* name) {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [name](const Member& member) { return member.name == name; });
  if (found == members_.end()) return nullptr;
  found->was_asked = true;
  return &*found;
}

}  // namespace simdjwt::api
