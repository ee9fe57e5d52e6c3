// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/writer.h"

namespace simdjwt::registry {
namespace {

// Versions that the log of changes reaches back. Who has fallen behind further reads everything.
constexpr int64_t kLoggedVersions = 1'000'000;

}  // namespace

absl::Status Writer::begin_version() {
  if (version_) return absl::OkStatus();
  Statement row = database_.query(
      "UPDATE registry SET version = version + 1, log_start = "
      "CASE WHEN log_start < version + 1 - ? THEN version + 1 - ? ELSE log_start END "
      "RETURNING version, log_start",
      kLoggedVersions, kLoggedVersions);
  if (absl::Status s = row.only_row("the registry has no version"); !s.ok()) return s;
  version_ = row.integer(0);
  return database_.run("DELETE FROM changes WHERE version <= ?", row.integer(1));
}

absl::Status Writer::log_change(ChangeKind kind, int64_t a, int64_t b, std::string_view name) {
  if (absl::Status s = begin_version(); !s.ok()) return s;
  return database_.run(
      "INSERT INTO changes (version, kind, a, b, name) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO NOTHING",
      *version_, static_cast<int64_t>(kind), a, b, name);
}

absl::Status Writer::log_audit(std::optional<AccountId> account, std::string_view action,
                               std::string_view subject, std::string_view detail) {
  if (absl::Status s = begin_version(); !s.ok()) return s;
  return database_.run(
      "INSERT INTO audit (version, time, actor, account, action, subject, detail) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      *version_, act_.time, act_.actor, account, action, subject, detail);
}

absl::Status Writer::log_made(std::string_view subject) {
  if (!act_.once) return absl::OkStatus();
  const Once& once = *act_.once;
  if (absl::Status s =
          database_.run("DELETE FROM made_once WHERE created <= ?", act_.time - kOnceSeconds);
      !s.ok()) {
    return s;
  }
  return database_.run(
      "INSERT INTO made_once (admin, key, request, subject, created) VALUES (?, ?, ?, ?, ?)",
      once.admin, once.key, Blob{once.request}, subject, act_.time);
}

}  // namespace simdjwt::registry
