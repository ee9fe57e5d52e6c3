// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "oauth/issuer.h"

#include <utility>
#include <vector>

#include "http/form.h"
#include "oauth/metadata.h"
#include "serve/credentials.h"
#include "serve/json_text.h"
#include "serve/text.h"

namespace simdjwt::oauth {

using http::Status;
using registry::Client;
using registry::Grants;
using serve::ControlRequest;
using serve::ControlResponse;

namespace {

constexpr std::string_view kToken = "/oauth/token";
constexpr std::string_view kRefresh = "/refresh";
constexpr std::string_view kRevoke = "/oauth/revoke";

bool changes_something(std::string_view path) {
  return path == kToken || path == kRefresh || path == kRevoke;
}

std::string_view endpoint_of(std::string_view path) {
  return path == kToken     ? "token"
         : path == kRefresh ? "refresh"
         : path == kRevoke  ? "revoke"
                            : "metadata";
}

constexpr char kJson[] = "application/json";
// Browsers may ask: there are no cookies by which they would say who they are.
constexpr char kForAll[] = "Access-Control-Allow-Origin: *\r\n";
constexpr char kNoStore[] =
    "Cache-Control: no-store\r\nPragma: no-cache\r\nAccess-Control-Allow-Origin: *\r\n";
constexpr char kPreflight[] =
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, POST\r\n"
    "Access-Control-Allow-Headers: *, Authorization\r\nAccess-Control-Max-Age: 86400\r\n";

// `error` is static text.
Reply failure(Status status, std::string_view error, std::string_view description,
              std::string_view fields = "") {
  std::string body = "{\"error\":";
  serve::append_json_string(body, error);
  if (!description.empty()) {
    body += ",\"error_description\":";
    serve::append_json_string(body, description);
  }
  return {{.status = status,
           .content_type = kJson,
           .fields = serve::concat(kNoStore, fields),
           .body = body + "}\n"},
          error};
}

Reply method_not_allowed(const char* allowed) {
  return {
      {.status = Status::kMethodNotAllowed, .fields = serve::concat("Allow: ", allowed, "\r\n")},
      "method_not_allowed"};
}

ControlResponse issued(const registry::IssuedToken& access, std::string_view refresh_token,
                       std::string_view scope) {
  std::string body = "{\"access_token\":";
  serve::append_json_string(body, access.text);
  serve::append(body, ",\"token_type\":\"Bearer\",\"expires_in\":",
                access.token.expires.value_or(0) - access.token.created);
  if (!scope.empty()) {
    body += ",\"scope\":";
    serve::append_json_string(body, scope);
  }
  if (!refresh_token.empty()) {
    body += ",\"refresh_token\":";
    serve::append_json_string(body, refresh_token);
  }
  return {.content_type = kJson, .fields = kNoStore, .body = body + "}\n"};
}

// By which the client says who it is; a name alone says nothing that could be checked.
struct Claimed {
  std::string name;
  std::string secret;
};

absl::StatusOr<std::optional<Claimed>> claimed(const ControlRequest& request,
                                               const Parameters& parameters) {
  const std::string_view name = parameters.get("client_id");
  const std::string_view secret = parameters.get("client_secret");
  if (request.num_authorizations == 0) {
    if (secret.empty()) return std::nullopt;
    return Claimed{std::string(name), std::string(secret)};
  }
  if (request.num_authorizations > 1 || !secret.empty()) {
    return absl::InvalidArgumentError("the client authenticates itself in two ways");
  }
  const auto basic = serve::basic_credentials_of(request.authorization);
  if (!basic) return absl::UnauthenticatedError("the client's credentials are malformed");
  auto decoded_name = http::form_decoded(basic->name);
  auto decoded_secret = http::form_decoded(basic->password);
  if (!decoded_name || !decoded_secret) {
    return absl::UnauthenticatedError("the client's credentials are malformed");
  }
  if (!name.empty() && name != *decoded_name) {
    return absl::InvalidArgumentError("the client has two names");
  }
  return Claimed{*std::move(decoded_name), *std::move(decoded_secret)};
}

std::string audit_name(const Client* client) {
  return client == nullptr ? "token endpoint" : serve::concat("client ", client->name);
}

// "alice" of "/accounts/alice/jwks.json".
std::optional<std::string_view> account_of_keys(std::string_view path) {
  constexpr std::string_view kBefore = "/accounts/";
  constexpr std::string_view kBehind = "/jwks.json";
  if (path.size() < kBefore.size() + kBehind.size() || !path.starts_with(kBefore) ||
      !path.ends_with(kBehind)) {
    return std::nullopt;
  }
  path.remove_prefix(kBefore.size());
  path.remove_suffix(kBehind.size());
  return path;
}

}  // namespace

Issuer::Issuer(registry::Node& node, std::string issuer, uint32_t failures_per_minute,
               std::optional<StatusLists> status_lists)
    : node_(node),
      issuer_(std::move(issuer)),
      failures_(failures_per_minute),
      status_lists_(std::move(status_lists)) {}

void Issuer::answer(std::span<serve::ControlExchange> exchanges) {
  std::vector<serve::ControlExchange*> changes;
  for (serve::ControlExchange& exchange : exchanges) {
    const ControlRequest& request = exchange.request;
    if (request.method == "OPTIONS") {
      exchange.response = {.fields = kPreflight};
    } else if (!changes_something(request.path)) {
      conclude(exchange, tell(request));
    } else if (request.method != "POST") {
      conclude(exchange, method_not_allowed("POST, OPTIONS"));
    } else {
      changes.push_back(&exchange);
    }
  }
  if (!changes.empty()) change(changes);
}

void Issuer::conclude(serve::ControlExchange& exchange, Reply reply) {
  metrics_.count(endpoint_of(exchange.request.path), reply.outcome);
  exchange.response = std::move(reply.response);
}

void Issuer::change(std::span<serve::ControlExchange*> exchanges) {
  std::vector<Reply> replies(exchanges.size());
  const registry::Node::Changed changed =
      node_.change(exchanges.front()->request.now, [&](registry::Store& store) {
        for (size_t i = 0; i < exchanges.size(); ++i) {
          replies[i] = change(store, exchanges[i]->request);
        }
      });
  const absl::Status& status = changed.made.ok() ? changed.in_use : changed.made;
  for (size_t i = 0; i < exchanges.size(); ++i) {
    if (!status.ok() && replies[i].response.status < Status::kBadRequest) {
      replies[i] = refused(exchanges[i]->request, status);
    }
    conclude(*exchanges[i], std::move(replies[i]));
  }
}

Reply Issuer::change(registry::Store& store, const ControlRequest& request) {
  if (const int64_t wait = failures_.seconds_to_wait(request.client, request.now); wait > 0) {
    return failure(Status::kTooManyRequests, "temporarily_unavailable",
                   "too many requests of this address have failed",
                   serve::concat("Retry-After: ", wait, "\r\n"));
  }
  if (request.path == kRevoke) return revoke(store, request);
  return request.path == kToken ? token(store, request, Parameters::of_form(request), false)
                                : token(store, request, Parameters::of_json(request), true);
}

absl::Status Issuer::run(registry::Store& store, const ControlRequest& request,
                         const Parameters& parameters, const Body& body) {
  const auto credentials = claimed(request, parameters);
  if (!credentials.ok()) return credentials.status();
  Grants grants(store);
  if (!*credentials) return body(grants, nullptr);
  const absl::StatusOr<Client> client =
      grants.authenticate((*credentials)->name, (*credentials)->secret);
  return client.ok() ? body(grants, &*client) : client.status();
}

Reply Issuer::token(registry::Store& store, const ControlRequest& request,
                    const absl::StatusOr<Parameters>& parameters, bool is_refresh) {
  const auto invalid = [](std::string_view why) {
    return failure(Status::kBadRequest, "invalid_request", why);
  };
  if (!parameters.ok()) return invalid(std::string(parameters.status().message()));
  const std::string_view type = is_refresh ? "refresh_token" : parameters->get("grant_type");
  if (type.empty()) return invalid("there is no grant_type");
  const bool is_for_client = type == "client_credentials";
  if (!is_for_client && type != "refresh_token") {
    return failure(Status::kBadRequest, "unsupported_grant_type",
                   "there are refresh_token and client_credentials");
  }
  const std::string_view refresh_token = parameters->get("refresh_token");
  if (!is_for_client && refresh_token.empty()) return invalid("there is no refresh_token");
  const registry::Narrowing narrowing{parameters->get("scope"), parameters->all("resource")};
  ControlResponse response;
  const absl::Status status =
      run(store, request, *parameters, [&](Grants& grants, const Client* client) -> absl::Status {
        const registry::Act act{audit_name(client), request.now};
        if (!is_for_client) {
          const auto pair = grants.refresh(refresh_token, client, narrowing, act);
          if (pair.ok()) response = issued(pair->access, pair->refresh_token, pair->access_scope);
          return pair.status();
        }
        if (client == nullptr) {
          return absl::UnauthenticatedError("the client has to authenticate itself");
        }
        const auto access = grants.issue_to(*client, narrowing, act);
        if (access.ok()) {
          response = issued(*access, "",
                            narrowing.scope.empty() ? client->grant.tokens.scope : narrowing.scope);
        }
        return access.status();
      });
  return status.ok() ? Reply{response} : refused(request, status);
}

Reply Issuer::revoke(registry::Store& store, const ControlRequest& request) {
  const absl::StatusOr<Parameters> parameters = Parameters::of_form(request);
  if (!parameters.ok()) {
    return failure(Status::kBadRequest, "invalid_request",
                   std::string(parameters.status().message()));
  }
  const std::string_view token = parameters->get("token");
  if (token.empty()) return failure(Status::kBadRequest, "invalid_request", "there is no token");
  const absl::Status status =
      run(store, request, *parameters, [&](Grants& grants, const Client* client) {
        return grants.revoke_presented(token, client, {audit_name(client), request.now});
      });
  if (status.ok()) return {{.fields = kNoStore}};
  // RFC 7009 section 2.2.1 has a word of its own for what cannot be handed back.
  if (absl::IsFailedPrecondition(status)) {
    return failure(Status::kBadRequest, "unsupported_token_type", std::string(status.message()));
  }
  if (absl::IsPermissionDenied(status)) {
    return failure(Status::kBadRequest, "invalid_request", std::string(status.message()));
  }
  return refused(request, status);
}

// RFC 6749 section 5.2, and RFC 8707 section 2.
Reply Issuer::refused(const ControlRequest& request, const absl::Status& why) {
  const std::string message(why.message());
  switch (why.code()) {
    case absl::StatusCode::kInvalidArgument:
      return failure(Status::kBadRequest, "invalid_request", message);
    case absl::StatusCode::kOutOfRange:
      return failure(Status::kBadRequest, "invalid_scope", message);
    case absl::StatusCode::kNotFound:
      return failure(Status::kBadRequest, "invalid_target", message);
    case absl::StatusCode::kAborted:
      metrics_.count_reuse();
      [[fallthrough]];
    case absl::StatusCode::kPermissionDenied:
      failures_.note_failure(request.client, request.now);
      return failure(Status::kBadRequest, "invalid_grant", message);
    case absl::StatusCode::kUnauthenticated:
      failures_.note_failure(request.client, request.now);
      return failure(Status::kUnauthorized, "invalid_client", message,
                     "WWW-Authenticate: Basic realm=\"simdjwt\"\r\n");
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return failure(Status::kUnavailable, "temporarily_unavailable", "", "Retry-After: 1\r\n");
    default:
      return failure(Status::kInternalError, "server_error", "");
  }
}

// --- What everybody may know ---

Reply Issuer::tell(const ControlRequest& request) {
  absl::StatusOr<Told> told = absl::NotFoundError("");
  if (const auto account = account_of_keys(request.path)) {
    absl::StatusOr<std::string> keys = public_keys(*account, request.now);
    told = keys.ok() ? absl::StatusOr<Told>(Told{.body = *std::move(keys)}) : keys.status();
  } else if (std::optional<std::string> body = metadata(request)) {
    told = Told{.body = *std::move(body)};
  } else if (status_lists_) {
    told = status_lists_->tell(request);
  }
  if (absl::IsNotFound(told.status())) {
    return {{.status = Status::kNotFound, .fields = kForAll}, "not_found"};
  }
  if (request.method != "GET") return method_not_allowed("GET, HEAD, OPTIONS");
  if (absl::IsUnimplemented(told.status())) {
    return {{.status = Status::kNotImplemented, .fields = kForAll}, "not_implemented"};
  }
  if (!told.ok()) return refused(request, told.status());
  return {
      {.content_type = std::string(told->content_type),
       .fields = serve::concat(kForAll, "Cache-Control: max-age=", told->max_age_seconds, "\r\n"),
       .body = std::move(told->body)}};
}

absl::StatusOr<std::string> Issuer::public_keys(std::string_view account, int64_t now) {
  absl::StatusOr<std::string> keys = absl::NotFoundError("");
  const absl::Status status = node_.use([&](registry::Store& store) -> absl::Status {
    const absl::StatusOr<registry::Account> owner = store.find_account(account);
    if (!owner.ok()) return owner.status();
    keys = store.public_keys(owner->id, now);
    if (!keys.ok()) return keys.status();
    return *keys == R"({"keys":[]})" ? absl::NotFoundError("") : absl::OkStatus();
  });
  if (!status.ok()) return status;
  return keys;
}

std::optional<std::string> Issuer::metadata(const ControlRequest& request) const {
  constexpr std::string_view kResources = "/resources/";
  std::string_view path = request.path;
  // The path of the issuer follows (RFC 8414 section 3.1).
  if (path.starts_with(kServerMetadataPath)) {
    path.remove_prefix(kServerMetadataPath.size());
    if (path != path_of_url(issuer_)) return std::nullopt;
    return server_metadata(issuer_, status_lists_.has_value());
  }
  const bool is_named = path.starts_with(kResources);
  if (!is_named && !path.starts_with(kResourceMetadataPath)) return std::nullopt;
  path.remove_prefix(is_named ? kResources.size() : kResourceMetadataPath.size());
  // Servers of several hosts may have the same path; which is meant the Host says then, and nothing
  // else comes of it.
  const std::string_view host = request.field("host").value;
  std::vector<registry::CheckedServer> found;
  for (registry::CheckedServer& server : node_.servers()) {
    if (server.url.empty()) continue;
    if (is_named ? server.name == path : path_of_url(server.url) == path) {
      found.push_back(std::move(server));
    }
  }
  if (found.size() > 1) {
    std::erase_if(found, [host](const auto& of) { return authority_of_url(of.url) != host; });
  }
  if (found.size() != 1) return std::nullopt;
  return resource_metadata(issuer_, found[0].name, found[0].url);
}

}  // namespace simdjwt::oauth
