// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Usage: how it is kept, and told.

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "registry/store.h"

namespace simdjwt::registry {
namespace {

// Rows that are tidied up in a transaction.
constexpr int64_t kTidyRowsMax = 1'000;

constexpr int64_t kOfServer = -1;  // in place of a token

int64_t column_of(std::optional<TokenIndex> token) {
  return token ? static_cast<int64_t>(*token) : kOfServer;
}

std::string add_to(const char* table) {
  return absl::StrCat("INSERT INTO ", table,
                      " (server, token, start, outcome, count) VALUES (?, ?, ?, ?, ?) "
                      "ON CONFLICT (server, token, start, outcome) DO UPDATE SET count = ",
                      table, ".count + excluded.count");
}

absl::Status add_batch(Database& database, const UsageBatch& batch) {
  Statement add = database.query(add_to("usage_minutes"));
  for (const UsageCount& of : batch.counts) {
    if (auto s = add.run(of.server, column_of(of.token), of.start, of.outcome, of.count); !s.ok()) {
      return s;
    }
  }
  Statement set = database.query(
      "INSERT INTO last_uses (token, time) VALUES (?, ?) ON CONFLICT (token) "
      "DO UPDATE SET time = excluded.time WHERE last_uses.time < excluded.time");
  for (const auto& [token, time] : batch.last_uses) {
    if (auto s = set.run(column_of(token), time); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Moves old minutes to their hours. Returns how many.
absl::StatusOr<int64_t> join_minutes(Database& database, int64_t before) {
  struct Row {
    int64_t server;
    int64_t token;
    int64_t start;
    std::string outcome;
    int64_t count;
  };
  std::vector<Row> rows;
  Statement old = database.query(
      "SELECT server, token, start, outcome, count FROM usage_minutes WHERE start < ? "
      "ORDER BY start LIMIT ?",
      before, kTidyRowsMax);
  while (old.next()) {
    rows.push_back(
        {old.integer(0), old.integer(1), old.integer(2), std::string(old.text(3)), old.integer(4)});
  }
  if (!old.status().ok()) return old.status();
  Statement add = database.query(add_to("usage_hours"));
  Statement remove = database.query(
      "DELETE FROM usage_minutes WHERE server = ? AND token = ? AND start = ? AND outcome = ?");
  for (const Row& row : rows) {
    const int64_t hour = row.start - row.start % kHourSeconds;
    if (auto s = add.run(row.server, row.token, hour, row.outcome, row.count); !s.ok()) return s;
    if (auto s = remove.run(row.server, row.token, row.start, row.outcome); !s.ok()) return s;
  }
  return static_cast<int64_t>(rows.size());
}

absl::StatusOr<int64_t> forget_hours(Database& database, int64_t before) {
  if (absl::Status s = database.run(
          "DELETE FROM usage_hours WHERE (server, token, start, outcome) IN "
          "(SELECT server, token, start, outcome FROM usage_hours WHERE start < ? LIMIT ?)",
          before, kTidyRowsMax);
      !s.ok()) {
    return s;
  }
  return database.num_changed();
}

// The counts of one table that a query is about, with four placeholders.
std::string select_from(const char* table, const UsageQuery& query) {
  const bool is_by_token = query.by == UsageQuery::By::kToken;
  const char* const name = is_by_token                           ? "t.jti"
                           : query.by == UsageQuery::By::kServer ? "s.name"
                                                                 : "''";
  const std::string start =
      query.by == UsageQuery::By::kTime
          ? absl::StrCat("u.start - u.start % ", std::max<int64_t>(query.bucket_seconds, 1))
          : "0";
  const std::string token = query.token   ? absl::StrCat("= ", *query.token)
                            : is_by_token ? ">= 0"
                                          : absl::StrCat("= ", kOfServer);
  const std::string server = query.server ? absl::StrCat(" AND s.id = ", *query.server) : "";
  return absl::StrCat(
      "SELECT ", name, " AS name, ", start,
      " AS start, u.start AS at, u.outcome AS outcome, u.count AS count FROM servers s JOIN ",
      table, " u ON u.server = s.id ", is_by_token ? "JOIN tokens t ON t.idx = u.token " : "",
      "WHERE s.account = ? AND u.token ", token, " AND u.start >= ? AND u.start < ?", server);
}

void add_count(UsageLine& line, std::string_view outcome, int64_t count, int64_t last) {
  if (outcome == "accepted") {
    line.num_accepted += count;
    line.last_accepted = last;
  } else if (outcome == "anonymous") {
    line.num_anonymous += count;
  } else {
    line.num_rejected += count;
    line.rejected.emplace_back(outcome, count);
  }
}

}  // namespace

absl::StatusOr<bool> Store::add_usage(const UsageBatch& batch, int64_t now) {
  absl::StatusOr<Transaction> transaction =
      Transaction::begin(database_, Transaction::Kind::kWrite);
  if (!transaction.ok()) return transaction.status();
  if (absl::Status s = add_batch(database_, batch); !s.ok()) return s;
  const absl::StatusOr<int64_t> joined = join_minutes(database_, now - kMinutesKeptSeconds);
  if (!joined.ok()) return joined.status();
  const absl::StatusOr<int64_t> forgotten = forget_hours(database_, now - kHoursKeptSeconds);
  if (!forgotten.ok()) return forgotten.status();
  if (absl::Status s = transaction->commit(); !s.ok()) return s;
  return *joined == kTidyRowsMax || *forgotten == kTidyRowsMax;
}

absl::StatusOr<std::vector<UsageLine>> Store::usage(AccountId account, const UsageQuery& query) {
  const std::string both = absl::StrCat(select_from("usage_minutes", query), " UNION ALL ",
                                        select_from("usage_hours", query));
  Statement rows =
      database_.query(absl::StrCat("SELECT name, start, outcome, sum(count), max(at) FROM (", both,
                                   ") AS u WHERE ? = '' OR name > ? "
                                   "GROUP BY name, start, outcome ORDER BY name, start, outcome"),
                      account, query.since, query.until, account, query.since, query.until,
                      query.after, query.after);
  std::vector<UsageLine> lines;
  while (rows.next()) {
    const std::string_view name = rows.text(0);
    const int64_t start = rows.integer(1);
    if (lines.empty() || lines.back().name != name || lines.back().start != start) {
      if (lines.size() == query.limit) break;
      lines.push_back({.name = std::string(name), .start = start});
    }
    add_count(lines.back(), rows.text(2), rows.integer(3), rows.integer(4));
  }
  if (!rows.status().ok()) return rows.status();
  return lines;
}

}  // namespace simdjwt::registry
