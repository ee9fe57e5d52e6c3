// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/toml_section.h"

#include <toml++/toml.h>

#include <filesystem>
#include <list>
#include <set>
#include <utility>

#include "serve/text.h"

namespace simdjwt::serve {
namespace {

constexpr uint32_t kNoLine = UINT32_MAX;  // of what the file lacks: behind all that it has

}  // namespace

struct TomlFile::Impl {
  std::string path;
  toml::table root;
  std::list<TomlSection::Data> sections;          // their addresses are handed out
  std::set<std::string, std::less<>> asked = {};  // at the top
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
  const toml::node* find(const char* name) {
    asked.insert(name);
    return root.get(name);
  }
  // `table` is null if the file lacks it, or fails if it is something else.
  TomlSection add(std::string full_name, std::string name, const toml::node* node);
};

struct TomlSection::Data {
  TomlFile::Impl* file;
  std::string full_name;
  std::string name;
  const toml::table* table;  // null if the file lacks it
  std::set<std::string, std::less<>> asked = {};
  bool is_sound = true;

  const toml::node* find(const char* key) {
    asked.insert(key);
    return table == nullptr ? nullptr : table->get(key);
  }
  uint32_t line() const { return table == nullptr ? kNoLine : table->source().begin.line; }
  void fail(uint32_t line, std::string_view key, std::string_view message) {
    is_sound = false;
    std::string text = full_name;
    if (!key.empty()) text.append(".").append(key);
    file->fail(line, text.append(": ").append(message));
  }
};

TomlSection TomlFile::Impl::add(std::string full_name, std::string name, const toml::node* node) {
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (node != nullptr && table == nullptr) {
    fail(node->source().begin.line, full_name + ": not a table");
  }
  return TomlSection(&sections.emplace_back(
      TomlSection::Data{this, std::move(full_name), std::move(name), table}));
}

const std::string& TomlSection::name() const noexcept { return data_->name; }
bool TomlSection::is_present() const noexcept { return data_->table != nullptr; }
bool TomlSection::is_sound() const noexcept { return data_->is_sound; }

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

std::optional<double> TomlSection::number(const char* key, double min, double max) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<double> number = node->value<double>();  // an integer is one, too
  if (node->is_number() && number && *number >= min && *number <= max) return number;
  fail(key, concat("not a number from ", min, " to ", max));
  return std::nullopt;
}

std::optional<bool> TomlSection::boolean(const char* key) {
  const toml::node* node = data_->find(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<bool> flag = node->value_exact<bool>();
  if (!flag) fail(key, "neither true nor false");
  return flag;
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
      fail(key, name, "not a string, an integer, a boolean or an array of strings");
    }
  }
}

std::vector<TomlSection> TomlSection::tables(const char* key) {
  const toml::node* node = data_->find(key);
  const toml::array* array = node == nullptr ? nullptr : node->as_array();
  std::vector<TomlSection> sections;
  const std::string full_name = concat(data_->full_name, ".", key);
  if (array != nullptr) {
    for (const toml::node& element : *array) {
      sections.push_back(data_->file->add(full_name, key, &element));
    }
  }
  if (node != nullptr && sections.empty()) {
    fail(key, concat("not an array of tables: write [[", full_name, "]]"));
  }
  return sections;
}

void TomlSection::fail(const char* key, std::string_view message) {
  const toml::node* node = data_->find(key);
  data_->fail(node == nullptr ? data_->line() : node->source().begin.line, key, message);
}

void TomlSection::fail(const char* key, const std::string& member, std::string_view message) {
  const toml::node* node = data_->find(key);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (table != nullptr && table->contains(member)) node = table->get(member);
  data_->fail(node == nullptr ? data_->line() : node->source().begin.line,
              std::string(key) + '.' + member, message);
}

void TomlSection::fail(std::string_view message) { data_->fail(data_->line(), "", message); }

void TomlSection::fail_missing(const char* key, std::string_view remedy) {
  data_->fail(data_->line(), key, "missing: " + std::string(remedy));
}

std::string relative_to(const std::string& config_path, const std::string& file) {
  return (std::filesystem::path(config_path).parent_path() / file).string();
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
  return impl_->add(name, name, impl_->find(name));
}

std::vector<TomlSection> TomlFile::sections(const char* name) {
  const toml::node* node = impl_->find(name);
  const toml::array* array = node == nullptr ? nullptr : node->as_array();
  std::vector<TomlSection> sections;
  if (array != nullptr) {
    for (const toml::node& element : *array) sections.push_back(impl_->add(name, name, &element));
  } else if (node != nullptr) {
    impl_->fail(node->source().begin.line,
                concat(name, ": not an array of tables: write [[", name, "]]"));
  }
  if (sections.empty()) sections.push_back(impl_->add(name, name, nullptr));
  return sections;
}

std::vector<TomlSection> TomlFile::members(const char* name, size_t num_min) {
  const toml::node* node = impl_->find(name);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  std::vector<TomlSection> sections;
  if (node == nullptr && num_min == 0) return sections;
  if (table == nullptr || table->empty()) {
    impl_->fail(node == nullptr ? kNoLine : node->source().begin.line,
                concat(name, ": missing: write at least one, as [", name, ".default]"));
    return sections;
  }
  for (const auto& [key, member] : *table) {
    const std::string member_name(key.str());
    sections.push_back(impl_->add(concat(name, ".", member_name), member_name, &member));
  }
  return sections;
}

absl::Status TomlFile::finish() const {
  if (!impl_->error.empty()) return absl::InvalidArgumentError(impl_->error);
  uint32_t line = kNoLine;
  std::string unknown;
  const auto note = [&](const toml::node& node, std::string key) {
    if (node.source().begin.line >= line) return;
    line = node.source().begin.line;
    unknown = std::move(key);
  };
  for (const auto& [name, node] : impl_->root) {
    if (!impl_->asked.contains(name.str())) note(node, std::string(name.str()));
  }
  for (const TomlSection::Data& section : impl_->sections) {
    if (section.table == nullptr) continue;
    for (const auto& [key, value] : *section.table) {
      if (!section.asked.contains(key.str())) {
        note(value, concat(section.full_name, ".", key.str()));
      }
    }
  }
  if (line == kNoLine) return absl::OkStatus();
  return absl::InvalidArgumentError(impl_->at(line, unknown + ": unknown"));
}

}  // namespace simdjwt::serve
