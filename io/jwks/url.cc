// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/url.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

namespace simdjwt::jwks {
namespace {

constexpr size_t kUrlBytesMax = 2048;

absl::Status invalid(const char* what) { return absl::InvalidArgumentError(what); }

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Empty if it has none.
std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

absl::Status check_url(const std::string& url, PlainHttp plain_http) {
  if (url.size() > kUrlBytesMax) return invalid("longer than 2048 bytes");
  const Url parsed(curl_url(), &curl_url_cleanup);
  // libcurl's parser decides what it will connect to; without a flag it guesses no scheme.
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return invalid("not a URL");
  }
  const std::string scheme = part_of(parsed, CURLUPART_SCHEME);
  if (scheme == "http" && plain_http == PlainHttp::kRefuse) {
    return invalid("not an https URL: http is only for tests, and must be allowed (allow_http)");
  }
  if (scheme != "https" && scheme != "http") return invalid("not an https URL");
  // It also takes "https:/a" and "https:///a" for "https://a".
  const std::string_view rest = std::string_view(url).substr(scheme.size());
  if (!rest.starts_with("://") || rest.starts_with(":///")) return invalid("not a URL");
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD}) {
    if (!part_of(parsed, part).empty()) return invalid("a user name or password in a URL");
  }
  if (url.find('#') != std::string::npos) return invalid("a URL with a fragment");
  return absl::OkStatus();
}

std::string discovery_url(std::string issuer) {
  if (issuer.ends_with('/')) issuer.pop_back();
  return issuer.append("/.well-known/openid-configuration");
}

}  // namespace simdjwt::jwks
