// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tables for people.

#ifndef SIMDJWT_TOOLS_CLI_TABLE_H_
#define SIMDJWT_TOOLS_CLI_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace simdjwt::cli {

// Columns as wide as their widest cell, two blanks apart. Cells are made printable; empty ones are
// shown as "-".
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  // As many cells as the head has.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Names and values, one pair a line, values under one another.
class Details {
 public:
  void add(std::string name, std::string value);
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_TABLE_H_
