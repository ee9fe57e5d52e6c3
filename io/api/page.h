// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Pages: what lists are answered with.

#ifndef SIMDJWT_IO_API_PAGE_H_
#define SIMDJWT_IO_API_PAGE_H_

#include <absl/status/statusor.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.h"
#include "api/json_writer.h"
#include "api/query.h"

namespace simdjwt::api {

// {"items":[...],"next":...}: `write(json, row)` adds the members of an item, `next` is the cursor
// of the next page, or empty.
template <class Rows, class Write>
[[nodiscard]] Response page_of(const Rows& rows, std::string_view next, Write write) {
  JsonWriter json;
  json.begin_object().begin_array("items");
  for (const auto& row : rows) {
    json.begin_object();
    write(json, row);
    json.end_object();
  }
  json.end_array();
  if (next.empty()) {
    json.add_null("next");
  } else {
    json.add("next", next);
  }
  return json_response(std::move(json.end_object()).take());
}

// Of rows that were read for a page and one more, which tells whether there is a next page: that
// page alone. Returns whether there was one more.
template <class Row>
[[nodiscard]] bool cut_to_page(std::vector<Row>& rows, size_t limit) {
  if (rows.size() <= limit) return false;
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return true;
}

// A page of all rows, which are sorted by their names. Its cursors are of that kind.
template <class Row, class Write>
[[nodiscard]] Response page_by_name(Call& call, absl::StatusOr<std::vector<Row>> rows, char kind,
                                    Write write) {
  Query query(call.request.query);
  const size_t limit = query.limit();
  const std::string after = query.cursor(kind).value_or("");
  if (const auto problem = query.finish()) return response_of(*problem);
  if (!rows.ok()) return response_of(rows.status());
  rows->erase(rows->begin(),
              std::upper_bound(rows->begin(), rows->end(), after,
                               [](const std::string& a, const Row& row) { return a < row.name; }));
  const std::string next = cut_to_page(*rows, limit) ? make_cursor(kind, rows->back().name) : "";
  return page_of(*rows, next, write);
}

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_PAGE_H_
