// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/fetcher.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <new>
#include <string_view>
#include <vector>

#include "jwks/cache_lifetime.h"
#include "jwks/public_address.h"
#include "net/peer_address.h"

namespace simdjwt::jwks {
namespace {

constexpr long kStatusOk = 200;

// libcurl wants to be set up before there are other threads, and says no only without memory.
void set_up_curl() {
  static const bool is_up = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!is_up) throw std::bad_alloc();
}

template <class Handle>
Handle* not_null(Handle* handle) {
  if (handle == nullptr) throw std::bad_alloc();
  return handle;
}

net::PeerAddress address_of(const curl_sockaddr& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address.addr, std::min<size_t>(address.addrlen, sizeof(storage)));
  return net::PeerAddress::from(storage);
}

}  // namespace

// --- Transfer ---

Transfer::Transfer(CURLM* multi, const std::string& url, std::string_view media_types,
                   const FetchOptions& options)
    : multi_(multi),
      options_(options),
      easy_(not_null(curl_easy_init())),
      fields_(curl_slist_append(nullptr, std::string("Accept: ").append(media_types).c_str())),
      url_(url) {
  configure(url);
  curl_multi_add_handle(multi_, easy_);
}

Transfer::~Transfer() {
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(fields_);
}

// Whatever libcurl does unasked is said again where safety rests on it.
void Transfer::configure(const std::string& url) {
  const auto set = [this](CURLoption option, auto value) {
    (void)curl_easy_setopt(easy_, option, value);
  };
  using std::chrono::milliseconds;
  const char* const scheme = url.starts_with("https:") ? "https" : "http";
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, scheme);
  set(CURLOPT_REDIR_PROTOCOLS_STR, scheme);
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, static_cast<long>(options_.num_redirects_max));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTPHEADER, fields_);
  set(CURLOPT_USERAGENT, "simdjwt");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(milliseconds(options_.connect).count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds(options_.total).count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.document_bytes_max));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    set(CURLOPT_CAINFO, options_.ca_file.c_str());
    set(CURLOPT_CAPATH, nullptr);
  }
  if (!options_.proxy_from_environment) set(CURLOPT_PROXY, "");
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_FORBID_REUSE, 1L);  // minutes pass until the next one
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a slow name server does not hold up the end
}

size_t Transfer::receive(const char* bytes, size_t size, size_t count, void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const size_t num_bytes = size * count;
  if (num_bytes > transfer.options_.document_bytes_max - transfer.text_.size()) {
    transfer.is_too_large_ = true;
    return 0;
  }
  transfer.text_.append(bytes, num_bytes);
  return num_bytes;
}

// Of each connection, also where a redirect leads and after the name was looked up again: the
// address is the one that is connected to.
curl_socket_t Transfer::open_socket(void* self, curlsocktype /*purpose*/,
                                    curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const net::PeerAddress peer = address_of(*address);
  if (!transfer.options_.allow_private_addresses && !is_public(peer)) {
    transfer.refused_address_ = peer.host();
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

absl::StatusOr<Document> Transfer::take() {
  if (absl::Status status = failure(); !status.ok()) return status;
  const CacheFields fields{.cache_control = field("cache-control"),
                           .expires = field("expires"),
                           .date = field("date"),
                           .age = field("age")};
  return Document{url_, std::move(text_), cache_lifetime(fields, std::time(nullptr))};
}

absl::Status Transfer::failure() const {
  using absl::StatusCode;
  const auto fail = [this](StatusCode code, std::string_view cause) {
    return absl::Status(code, std::string(url_).append(": ").append(cause));
  };
  if (code_ == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (status == kStatusOk) return absl::OkStatus();
    return fail(StatusCode::kFailedPrecondition, "status " + std::to_string(status));
  }
  if (is_too_large_ || code_ == CURLE_FILESIZE_EXCEEDED) {
    return fail(StatusCode::kPermissionDenied,
                "larger than " + std::to_string(options_.document_bytes_max) + " bytes");
  }
  if (code_ == CURLE_TOO_MANY_REDIRECTS) {
    return fail(StatusCode::kPermissionDenied, "too many redirects");
  }
  if (code_ == CURLE_UNSUPPORTED_PROTOCOL) {
    return fail(StatusCode::kPermissionDenied, "a redirect to another scheme");
  }
  if (!refused_address_.empty()) {
    return fail(StatusCode::kPermissionDenied, refused_address_ +
                                                   " is not a public address: if it is meant, "
                                                   "allow private addresses");
  }
  return fail(StatusCode::kUnavailable, *error_ != '\0' ? error_ : curl_easy_strerror(*code_));
}

// All fields of the name in the last response, joined by commas.
std::string Transfer::field(const char* name) const {
  std::string values;
  curl_header* header = nullptr;
  for (size_t i = 0; curl_easy_header(easy_, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK;
       ++i) {
    if (i > 0) values.append(", ");
    values.append(header->value);
  }
  return values;
}

// --- Fetcher ---

Fetcher::Fetcher(FetchOptions options)
    : options_(std::move(options)), multi_((set_up_curl(), not_null(curl_multi_init()))) {}

Fetcher::~Fetcher() { curl_multi_cleanup(multi_); }

std::unique_ptr<Transfer> Fetcher::get(const std::string& url, std::string_view media_types) {
  return std::make_unique<Transfer>(multi_, url, media_types, options_);
}

void Fetcher::wait(std::span<pollfd> others, std::chrono::milliseconds timeout) {
  std::vector<curl_waitfd> fds;
  for (const pollfd& other : others) {
    if (other.fd >= 0) fds.push_back({.fd = other.fd, .events = CURL_WAIT_POLLIN, .revents = 0});
  }
  if (perform()) timeout = std::chrono::milliseconds(0);
  const auto limit = std::clamp<int64_t>(timeout.count(), 0, INT_MAX);
  (void)curl_multi_poll(multi_, fds.data(), static_cast<unsigned>(fds.size()),
                        static_cast<int>(limit), nullptr);
  perform();
  auto ready = fds.begin();
  for (pollfd& other : others) other.revents = other.fd >= 0 ? (ready++)->revents : short{0};
}

bool Fetcher::perform() {
  int num_running = 0;
  (void)curl_multi_perform(multi_, &num_running);
  bool is_any_done = false;
  int num_queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &num_queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->code_ = message->data.result;
    is_any_done = true;
  }
  return is_any_done;
}

}  // namespace simdjwt::jwks
