// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// How often servers were asked, and tokens shown.

#include "registry/usage.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/call.h"
#include "api/json_writer.h"
#include "api/page.h"
#include "api/query.h"
#include "registry/jti.h"

namespace simdjwt::api {

using registry::UsageLine;
using registry::UsageQuery;

namespace {

// In the order in which `by` is read.
struct By {
  UsageQuery::By by;
  int64_t bucket_seconds;
  std::string_view member;  // that says what a line is about
  char cursor;
};
constexpr std::array kAllBy = {
    By{UsageQuery::By::kServer, 0, "server", 'v'},
    By{UsageQuery::By::kToken, 0, "token", 'w'},
    By{UsageQuery::By::kTime, registry::kMinuteSeconds, "start", 'm'},
    By{UsageQuery::By::kTime, registry::kHourSeconds, "start", 'h'},
    By{UsageQuery::By::kTime, 24 * registry::kHourSeconds, "start", 'd'},
};

void write(JsonWriter& json, const UsageLine& line, const By& by) {
  if (by.by == UsageQuery::By::kTime) {
    json.add(by.member, line.start);
  } else {
    json.add(by.member, line.name);
  }
  json.add("accepted", line.num_accepted)
      .add("last_accepted", line.last_accepted)
      .add("anonymous", line.num_anonymous)
      .begin_object("rejected");
  for (const auto& [reason, count] : line.rejected) json.add(reason, count);
  json.end_object();
}

// Restricts it to what the parameters name.
absl::Status name_parts(Call& call, Query& query, UsageQuery& wanted) {
  if (const auto name = query.text("server")) {
    const auto server = call.store.find_server(call.account.id, *name);
    if (absl::IsNotFound(server.status())) {
      query.fail("server", "is no server of the account");
    } else if (!server.ok()) {
      return server.status();
    } else {
      wanted.server = server->id;
    }
  }
  if (const auto jti = query.text("token")) {
    const auto token = registry::index_of_jti(*jti) ? call.store.find_token(call.account.id, *jti)
                                                    : absl::NotFoundError("");
    if (absl::IsNotFound(token.status())) {
      query.fail("token", "is the jti of no token of the account");
    } else if (!token.ok()) {
      return token.status();
    } else {
      wanted.token = token->index;
    }
  }
  return absl::OkStatus();
}

}  // namespace

Response list_usage(Call& call) {
  Query query(call.request.query);
  const By& by =
      kAllBy.at(query.choice("by", {"server", "token", "minute", "hour", "day"}).value_or(0));
  const size_t limit = query.limit();
  UsageQuery wanted{.by = by.by,
                    .since = query.number("since").value_or(0),
                    .until = query.number("until").value_or(registry::kNever),
                    .bucket_seconds = by.bucket_seconds,
                    .limit = limit + 1};
  const bool is_by_time = by.by == UsageQuery::By::kTime;
  if (is_by_time) {
    wanted.since = query.numeric_cursor(by.cursor).value_or(wanted.since);
  } else {
    wanted.after = query.cursor(by.cursor).value_or("");
  }
  if (const absl::Status s = name_parts(call, query, wanted); !s.ok()) return response_of(s);
  if (const auto problem = query.finish()) return response_of(*problem);

  absl::StatusOr<std::vector<UsageLine>> lines = call.store.usage(call.account.id, wanted);
  if (!lines.ok()) return response_of(lines.status());
  std::string next;
  if (cut_to_page(*lines, limit)) {
    const UsageLine& last = lines->back();
    // The times that are left begin when the last one is over.
    next = make_cursor(by.cursor,
                       is_by_time ? std::to_string(last.start + by.bucket_seconds) : last.name);
  }
  return page_of(*lines, next,
                 [&by](JsonWriter& json, const UsageLine& line) { write(json, line, by); });
}

}  // namespace simdjwt::api
