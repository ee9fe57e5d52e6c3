// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/status_lists.h"

#include <string_view>
#include <utility>

#include "net/decimal.h"
#include "registry/status_claim.h"
#include "serve/json_text.h"
#include "serve/text.h"
#include "status/status_list_token.h"

namespace simdjwt::oauth {

using registry::Follower;
using registry::kStatusListTokens;
using status::StatusList;

namespace {

// Whoever cannot reach us any more goes by what it has for so long, if it goes by expiry alone.
constexpr int64_t kLifeSeconds = 24 * 3600;

absl::Status not_found() { return absl::NotFoundError("there is no such list"); }

uint64_t num_lists(const Follower& registry) {
  return (registry.num_tokens() + kStatusListTokens - 1) / kStatusListTokens;
}

// All tokens of the list that there are, or will be.
absl::StatusOr<StatusList> list_of(const Follower& registry, uint64_t number) {
  absl::StatusOr<StatusList> list = StatusList::create(1, kStatusListTokens, kStatusListTokens / 8);
  if (!list.ok()) return list;
  for (uint64_t i = 0; i < kStatusListTokens; ++i) {
    if (registry.is_revoked(number * kStatusListTokens + i)) list->set(i, status::kInvalid);
  }
  return list;
}

}  // namespace

StatusLists::StatusLists(registry::Node& node, std::string issuer, Signer signer, std::string jwks,
                         int64_t ttl_seconds)
    : node_(node),
      issuer_(std::move(issuer)),
      signer_(std::move(signer)),
      jwks_(std::move(jwks)),
      ttl_seconds_(ttl_seconds) {}

absl::StatusOr<StatusLists> StatusLists::create(registry::Node& node, std::string issuer,
                                                SigningKey key, int64_t ttl_seconds) {
  absl::StatusOr<Signer> signer = Signer::create(std::move(key.key), status::kTyp);
  if (!signer.ok()) return signer.status();
  return StatusLists(node, std::move(issuer), *std::move(signer), std::move(key.jwks), ttl_seconds);
}

absl::StatusOr<Told> StatusLists::tell(const serve::ControlRequest& request) {
  if (request.path == kJwksPath) return Told{.body = jwks_};
  std::string_view path = request.path;
  if (path == registry::kStatusListsPath) {
    absl::StatusOr<std::string> body = all(request.now);
    if (!body.ok()) return body.status();
    return Told{.body = *std::move(body)};
  }
  if (!path.starts_with(registry::kStatusListsPath)) return not_found();
  path.remove_prefix(registry::kStatusListsPath.size() + 1);
  const auto number = net::parse_decimal<uint64_t>(path);
  if (!number || request.path != registry::status_list_path(*number)) return not_found();
  if (request.query.starts_with("time=")) {
    return absl::UnimplementedError("lists are told as they are now");
  }
  absl::StatusOr<std::string> text = token(*number, request.now);
  if (!text.ok()) return text.status();
  return Told{.body = *std::move(text),
              .content_type = status::kMediaType,
              .max_age_seconds = ttl_seconds_};
}

absl::StatusOr<std::string> StatusLists::all(int64_t now) {
  std::string json = "{\"status_lists\":[";
  const absl::Status status = node_.read(now, [&](const Follower& registry) {
    for (uint64_t number = 0; number < num_lists(registry); ++number) {
      if (number > 0) json += ',';
      serve::append_json_string(json, registry::status_list_uri(issuer_, number));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return json + "]}\n";
}

absl::StatusOr<std::string> StatusLists::token(uint64_t number, int64_t now) {
  std::string token;
  const absl::Status status = node_.read(now, [&](const Follower& registry) {
    if (number >= num_lists(registry)) return not_found();
    Published& published = published_[number];
    // Half of it, so that nobody gets one that is all but out of date.
    const bool is_young =
        now >= published.issued && now - published.issued <= (ttl_seconds_ - 1) / 2;
    absl::Status renewed;
    if (!is_young || published.version != registry.version()) {
      renewed = renew(published, is_young, number, registry, now);
    }
    token = published.token;
    return renewed;
  });
  if (!status.ok()) return status;
  return token;
}

absl::Status StatusLists::renew(Published& published, bool is_young, uint64_t number,
                                const Follower& registry, int64_t now) {
  absl::StatusOr<StatusList> list = list_of(registry, number);
  if (!list.ok()) return list.status();
  // Most changes are of other tokens, or revoke none.
  if (!is_young || published.list != *list) {
    absl::StatusOr<std::string> token =
        status::sign_status_list(signer_, {.uri = registry::status_list_uri(issuer_, number),
                                           .issued = now,
                                           .expires = now + kLifeSeconds,
                                           .ttl_seconds = ttl_seconds_,
                                           .list = *list});
    if (!token.ok()) return token.status();
    published.issued = now;
    published.list = *std::move(list);
    published.token = *std::move(token);
  }
  published.version = registry.version();
  return absl::OkStatus();
}

}  // namespace simdjwt::oauth
