// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Fetcher: gets small documents over HTTPS from servers that are not trusted with more than that.

#ifndef SIMDJWT_IO_JWKS_FETCHER_H_
#define SIMDJWT_IO_JWKS_FETCHER_H_

#include <absl/status/statusor.h>
#include <curl/curl.h>
#include <poll.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "jwks/url.h"

namespace simdjwt::jwks {

struct FetchOptions {
  size_t document_bytes_max = 1024 * 1024;
  std::chrono::seconds connect{5};  // names looked up, TLS shaken hands
  std::chrono::seconds total{10};
  unsigned num_redirects_max = 3;  // to the same scheme only
  PlainHttp plain_http = PlainHttp::kRefuse;
  // Otherwise nothing is fetched from an address that is_public() says no to, whatever name led
  // there: a provider's metadata, or a redirect, must not make this machine ask its neighbours.
  bool allow_private_addresses = false;
  // https_proxy and its like. The proxy connects then, so private addresses must be allowed: where
  // it leads cannot be seen from here.
  bool proxy_from_environment = false;
  std::string ca_file = {};  // certificates to trust instead of the system's
};

struct Document {
  std::string url;  // that was asked for
  std::string text;
  std::optional<std::chrono::seconds> lifetime;  // by its cache headers
};

// What the keys of an issuer, and its metadata, are sent as.
inline constexpr char kKeyMediaTypes[] = "application/jwk-set+json, application/json";

// One document on its way. Destroying it gives it up; it must not outlive its Fetcher.
class Transfer {
 public:
  Transfer(CURLM* multi, const std::string& url, std::string_view media_types,
           const FetchOptions& options);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] bool is_done() const noexcept { return code_.has_value(); }
  // Once it is done, once. Errors are "URL: cause", and kUnavailable if the server was not reached
  // or not in time, kPermissionDenied if it wanted what the options rule out, kFailedPrecondition
  // for a status other than 200.
  [[nodiscard]] absl::StatusOr<Document> take();

 private:
  friend class Fetcher;

  static size_t receive(const char* bytes, size_t size, size_t count, void* self) noexcept;
  static curl_socket_t open_socket(void* self, curlsocktype purpose,
                                   curl_sockaddr* address) noexcept;
  void configure(const std::string& url);
  [[nodiscard]] absl::Status failure() const;
  [[nodiscard]] std::string field(const char* name) const;

  CURLM* const multi_;
  const FetchOptions& options_;
  CURL* const easy_;
  curl_slist* const fields_;  // of the request
  const std::string url_;
  std::optional<CURLcode> code_;
  std::string text_;
  bool is_too_large_ = false;
  std::string refused_address_;  // empty: none was
  char error_[CURL_ERROR_SIZE] = "";
};

// Used by one thread. Any number of transfers go on at a time, and none waits for another.
class Fetcher {
 public:
  explicit Fetcher(FetchOptions options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  [[nodiscard]] const FetchOptions& options() const noexcept { return options_; }

  // `url` has passed check_url(). `media_types` is what is acceptable (RFC 9110 section 12.5.1).
  [[nodiscard]] std::unique_ptr<Transfer> get(const std::string& url,
                                              std::string_view media_types = kKeyMediaTypes);

  // Waits until a transfer is done, one of `others` is ready or the time is up, and gets on with
  // the transfers. Fills in `revents`.
  void wait(std::span<pollfd> others, std::chrono::milliseconds timeout);

 private:
  // Whether a transfer was done.
  bool perform();

  const FetchOptions options_;
  CURLM* const multi_;
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_FETCHER_H_
