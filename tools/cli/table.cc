// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/table.h"

#include <algorithm>

#include "cli/words.h"

namespace simdjwt::cli {
namespace {

size_t num_characters(const std::string& utf8) {
  return static_cast<size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string cell_text(const std::string& cell) { return cell.empty() ? "-" : printable(cell); }

void append_padded(std::string& out, const std::string& text, size_t width) {
  out += text;
  out.append(width - num_characters(text) + 2, ' ');
}

}  // namespace

std::string Table::text() const {
  std::vector<size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], num_characters(cell_text(row[i])));
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    for (size_t i = 0; i + 1 < row.size(); ++i) append_padded(out, cell_text(row[i]), widths[i]);
    out += cell_text(row.back()) + '\n';
  }
  return out;
}

void Details::add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

std::string Details::text() const {
  size_t width = 0;
  for (const auto& [name, value] : lines_) width = std::max(width, num_characters(name));
  std::string out;
  for (const auto& [name, value] : lines_) {
    append_padded(out, name, width);
    out += cell_text(value) + '\n';
  }
  return out;
}

}  // namespace simdjwt::cli
