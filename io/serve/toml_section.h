// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TomlFile, TomlSection: a TOML file read strictly. Every key must have the right type, and every
// key that nobody asked for is an error, with its line.

#ifndef SIMDJWT_IO_SERVE_TOML_SECTION_H_
#define SIMDJWT_IO_SERVE_TOML_SECTION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace simdjwt::serve {

class TomlFile;

// One table of a file: [name], a [[name]], a [name.member] or a [[name.member.key]]. A wrong type
// notes an error in the file and reads as absent, so that the reader goes straight on;
// TomlFile::finish() tells of the first one.
class TomlSection {
 public:
  using Value = std::variant<std::string, int64_t, bool, std::vector<std::string>>;

  // The last part of the table's name.
  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] bool is_present() const noexcept;
  // Whether nothing wrong has been noted in it so far.
  [[nodiscard]] bool is_sound() const noexcept;

  [[nodiscard]] bool has(const char* key);
  [[nodiscard]] bool is_false(const char* key);
  [[nodiscard]] std::optional<std::string> string(const char* key);
  // Empty, and an error, if absent.
  [[nodiscard]] std::string required_string(const char* key);
  [[nodiscard]] std::optional<int64_t> integer(const char* key, int64_t min, int64_t max);
  [[nodiscard]] std::optional<double> number(const char* key, double min, double max);
  [[nodiscard]] std::optional<bool> boolean(const char* key);
  // An array of strings, or a single one. Empty if absent.
  [[nodiscard]] std::vector<std::string> strings(const char* key);
  // Visits the members of a table in the section.
  void for_each_in(const char* key,
                   const std::function<void(const std::string&, const Value&)>& visit);

  // Each [[section.key]]; empty if absent.
  [[nodiscard]] std::vector<TomlSection> tables(const char* key);

  // Notes that the value of `key`, of a member of it, or the section as a whole, is wrong.
  void fail(const char* key, std::string_view message);
  void fail(const char* key, const std::string& member, std::string_view message);
  void fail(std::string_view message);
  void fail_missing(const char* key, std::string_view remedy);

 private:
  friend class TomlFile;
  struct Data;
  explicit TomlSection(Data* data) noexcept : data_(data) {}
  Data* data_;  // in the TomlFile
};

class TomlFile {
 public:
  // Errors are "PATH:LINE: message".
  [[nodiscard]] static absl::StatusOr<TomlFile> parse(const std::string& path,
                                                      std::string_view text);
  TomlFile(TomlFile&&) noexcept;
  ~TomlFile();

  // Sections live as long as the file.
  // [name]; empty if the file has none.
  [[nodiscard]] TomlSection section(const char* name);
  // Each [[name]], as they stand in the file; at least one, which may be empty.
  [[nodiscard]] std::vector<TomlSection> sections(const char* name);
  // Each [name.member], sorted by member; at least `num_min`, 0 or 1, is demanded.
  [[nodiscard]] std::vector<TomlSection> members(const char* name, size_t num_min = 1);

  // The error of the smallest line, or, if there is none, of the first key nobody asked for.
  [[nodiscard]] absl::Status finish() const;

 private:
  friend class TomlSection;
  struct Impl;
  explicit TomlFile(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// `file` as the config file means it.
[[nodiscard]] std::string relative_to(const std::string& config_path, const std::string& file);

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_TOML_SECTION_H_
