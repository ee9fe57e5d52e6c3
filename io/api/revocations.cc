// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Epochs, revocations of what the registry did not issue, and the audit log.

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/body.h"
#include "api/call.h"
#include "api/json_writer.h"
#include "api/page.h"
#include "api/query.h"

namespace simdjwt::api {

using registry::AccountId;
using registry::AuditEntry;
using registry::Epoch;
using registry::EpochScope;
using registry::ForeignRevocation;

namespace {

std::string_view text_of(EpochScope scope) {
  switch (scope) {
    case EpochScope::kAll:
      return "all";
    case EpochScope::kIssuer:
      return "issuer";
    case EpochScope::kAccount:
      return "account";
    case EpochScope::kSubject:
      return "subject";
  }
  return "";
}

constexpr auto kWriteEpoch = [](JsonWriter& json, const auto& epoch) {
  json.add("scope", text_of(epoch.scope))
      .add("name", epoch.name)
      .add("not_before", epoch.not_before);
};

Response epochs_of(Call& call, std::optional<AccountId> account) {
  Query query(call.request.query);
  if (const auto problem = query.finish()) return response_of(*problem);
  const absl::StatusOr<std::vector<Epoch>> epochs = call.store.epochs(account);
  if (!epochs.ok()) return response_of(epochs.status());
  return page_of(*epochs, "", kWriteEpoch);
}

// `wide` is the epoch's scope without a name, and `narrow` that of the member `named`.
Response set(Call& call, EpochScope wide, EpochScope narrow, const char* named) {
  Body body(call.request);
  const std::optional<std::string> name = body.text(named);
  if (!body.has("not_before")) body.fail("not_before", "is missing");
  const int64_t not_before = body.integer("not_before").value_or(0);
  if (const auto problem = body.finish()) return response_of(*problem);
  const registry::FeedEpoch epoch{.scope = name ? narrow : wide,
                                  .account = call.account.id,
                                  .name = name ? std::string_view(*name) : "",
                                  .not_before = not_before};
  const absl::Status status = call.store.set_epoch(epoch, call.act);
  if (!status.ok()) return response_of(status);
  JsonWriter json;
  json.begin_object();
  kWriteEpoch(json, epoch);
  return json_response(std::move(json.end_object()).take());
}

// The names of accounts, for entries that have their numbers.
absl::StatusOr<std::map<AccountId, std::string>> account_names(registry::Store& store) {
  const absl::StatusOr<std::vector<registry::Account>> accounts = store.accounts();
  if (!accounts.ok()) return accounts.status();
  std::map<AccountId, std::string> names;
  for (const registry::Account& account : *accounts) names[account.id] = account.name;
  return names;
}

Response audit_of(Call& call, std::optional<AccountId> account) {
  Query query(call.request.query);
  const size_t limit = query.limit();
  const std::optional<int64_t> before = query.numeric_cursor('u');
  if (const auto problem = query.finish()) return response_of(*problem);
  // One more tells whether there is a next page.
  absl::StatusOr<std::vector<AuditEntry>> entries =
      call.store.audit({.account = account, .before = before, .limit = limit + 1});
  if (!entries.ok()) return response_of(entries.status());
  const auto names = account_names(call.store);
  if (!names.ok()) return response_of(names.status());
  std::string next;
  if (cut_to_page(*entries, limit)) next = make_cursor('u', std::to_string(entries->back().id));
  return page_of(*entries, next, [&names](JsonWriter& json, const AuditEntry& entry) {
    json.add("id", entry.id)
        .add("version", entry.version)
        .add("time", entry.time)
        .add("actor", entry.actor);
    if (entry.account && names->contains(*entry.account)) {
      json.add("account", names->at(*entry.account));
    } else {
      json.add_null("account");
    }
    json.add("action", entry.action).add("subject", entry.subject).add("detail", entry.detail);
  });
}

}  // namespace

Response list_epochs(Call& call) { return epochs_of(call, std::nullopt); }
Response list_account_epochs(Call& call) { return epochs_of(call, call.account.id); }
Response set_epoch(Call& call) {
  return set(call, EpochScope::kAll, EpochScope::kIssuer, "issuer");
}
Response set_account_epoch(Call& call) {
  return set(call, EpochScope::kAccount, EpochScope::kSubject, "subject");
}

Response list_foreign_revocations(Call& call) {
  Query query(call.request.query);
  const size_t limit = query.limit();
  const std::string after = query.cursor('f').value_or("");
  if (const auto problem = query.finish()) return response_of(*problem);
  absl::StatusOr<std::vector<ForeignRevocation>> revocations =
      call.store.foreign_revocations(call.account.id, after, limit + 1);
  if (!revocations.ok()) return response_of(revocations.status());
  const std::string next =
      cut_to_page(*revocations, limit) ? make_cursor('f', revocations->back().jti) : "";
  return page_of(*revocations, next, [](JsonWriter& json, const ForeignRevocation& revocation) {
    json.add("jti", revocation.jti)
        .add("created", revocation.created)
        .add("expires", revocation.expires);
  });
}

Response revoke_foreign_token(Call& call) {
  Body body(call.request);
  const std::string jti = body.required_text("jti");
  const std::optional<int64_t> expires =
      body.is_null("expires") ? std::nullopt : body.integer("expires");
  if (const auto problem = body.finish()) return response_of(*problem);
  const absl::Status status = call.store.revoke_foreign(call.account.id, jti, expires, call.act);
  if (!status.ok()) return response_of(status);
  JsonWriter json;
  json.begin_object().add("jti", jti).end_object();
  return json_response(std::move(json).take());
}

Response list_audit(Call& call) { return audit_of(call, std::nullopt); }
Response list_account_audit(Call& call) { return audit_of(call, call.account.id); }

}  // namespace simdjwt::api
