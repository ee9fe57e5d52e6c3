// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/toml_section.h"

#include <toml++/toml.h>

#include <list>
#include <set>
#include <utility>

namespace simdjwt::serve {
namespace {

constexpr uint32_t kNoLine = UINT32_MAX;  // of what the file lacks: behind all that it has

}  // namespace

struct TomlFile::Impl {
  std::string path;
  toml::table root;
  std::list<TomlSection::Data> sections;  // their addresses are handed out
  uint32_t error_line = kNoLine;
  std::string error;

  std::string at(uint32_t line, std::string_view message) const {
    const std::string place = line == kNoLine ? path : path + ':' + std::to_string(line);
    return place + ": " + std::string(message);
  }
  // Keeps the error that stands first in the file.
  void fail(uint32_t line, std::string_view message) {
    if (!error.empty() && error_line <= line) return;
    error_line = line;
    error = at(line, message);
  }
};

struct TomlSection::Data {
  TomlFile::Impl* file;
  std::string name;
  const toml::table* table;  // null if the file lacks it
  std::set<std::string, std::less<>> asked = {};

  const toml::node* find(const char* key) {
    asked.insert(key);
    return table == nullptr ? nullptr : table->get(key);
  }
  uint32_t line() const { return table == nullptr ? kNoLine : table->source().begin.line; }
  void fail(uint32_t line, std::string_view key, std::string_view message) const {
    std::string text = name;
    if (!key.empty()) text.append(".").append(key);
    file->fail(line, text.append(": ").append(message));
  }
};

bool TomlSection::has(const char* key) { return data_->find(key) != nullptr; }

bool TomlSection::is_false(const char* key) {
  const toml::node* node = data_->find(key);
  return node != nullptr && node->value_exact<bool>() == false;
}

std::optional<std::string> TomlSection::string(const char* key) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return std::nullopt;
  std::optional<std::string> text = node->value_exact<std::string>();
  if (!text) fail(key, "not a string");
  return text;
}

std::string TomlSection::required_string(const char* key) {
  if (!has(key)) fail_missing(key, "it must be given");
  return string(key).value_or("");
}

std::optional<int64_t> TomlSection::integer(const char* key, int64_t min, int64_t max) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<int64_t> number = node->value_exact<int64_t>();
  if (number && *number >= min && *number <= max) return number;
  fail(key, "not an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

namespace {

// nullopt for anything but strings; an empty array is none either.
std::optional<std::vector<std::string>> as_strings(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return std::vector{*text};
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto text = element.value_exact<std::string>();
    if (!text) return std::nullopt;
    texts.push_back(*text);
  }
  return texts;
}

}  // namespace

std::vector<std::string> TomlSection::strings(const char* key) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return {};
  std::optional<std::vector<std::string>> texts = as_strings(*node);
  if (!texts) fail(key, "not a string or an array of strings");
  return texts.value_or(std::vector<std::string>());
}

void TomlSection::for_each_in(const char* key,
                              const std::function<void(const std::string&, const Value&)>& visit) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) return fail(key, "not a table");
  for (const auto& [member, value] : *table) {
    const std::string name(member.str());
    if (const auto text = value.value_exact<std::string>()) {
      visit(name, *text);
    } else if (const auto number = value.value_exact<int64_t>()) {
      visit(name, *number);
    } else if (const auto flag = value.value_exact<bool>()) {
      visit(name, *flag);
    } else if (const auto texts = as_strings(value)) {
      visit(name, *texts);
    } else {
      data_->fail(value.source().begin.line, std::string(key) + '.' + name,
                  "not a string, an integer, a boolean or an array of strings");
    }
  }
}

void TomlSection::fail(const char* key, std::string_view message) {
  const toml::node* node = data_->find(key);
  data_->fail(node == nullptr ? data_->line() : node->source().begin.line, key, message);
}

void TomlSection::fail(std::string_view message) { data_->fail(data_->line(), "", message); }

void TomlSection::fail_missing(const char* key, std::string_view remedy) {
  data_->fail(data_->line(), key, "missing: " + std::string(remedy));
}

TomlFile::TomlFile(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
TomlFile::TomlFile(TomlFile&&) noexcept = default;
TomlFile::~TomlFile() = default;

absl::StatusOr<TomlFile> TomlFile::parse(const std::string& path, std::string_view text) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  try {
    impl->root = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(impl->at(error.source().begin.line, error.description()));
  }
  return TomlFile(std::move(impl));
}

TomlSection TomlFile::section(const char* name) {
  const toml::node* node = impl_->root.get(name);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (node != nullptr && table == nullptr) {
    impl_->fail(node->source().begin.line, std::string(name) + ": not a table");
  }
  return TomlSection(&impl_->sections.emplace_back(TomlSection::Data{impl_.get(), name, table}));
}

absl::Status TomlFile::finish() const {
  if (!impl_->error.empty()) return absl::InvalidArgumentError(impl_->error);
  for (const auto& [name, node] : impl_->root) {
    const TomlSection::Data* section = nullptr;
    for (const TomlSection::Data& known : impl_->sections) {
      if (known.name == name.str()) section = &known;
    }
    const auto unknown = [this](const toml::node& where, const std::string& what) {
      return absl::InvalidArgumentError(impl_->at(where.source().begin.line, what + ": unknown"));
    };
    if (section == nullptr) return unknown(node, std::string(name.str()));
    for (const auto& [key, value] : *section->table) {
      if (!section->asked.contains(std::string(key.str()))) {
        return unknown(value, section->name + '.' + std::string(key.str()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace simdjwt::serve
