// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Response: an answer rendered once and sent many times; and what else a server writes.

#ifndef SIMDJWT_IO_HTTP_RESPONSE_H_
#define SIMDJWT_IO_HTTP_RESPONSE_H_

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/status.h"

namespace simdjwt::http {

// Whether another request may follow on the connection.
enum class Persistence : uint8_t { kKeepAlive, kClose };

inline constexpr size_t kDateBytes = 29;

// The time as "Mon, 23 Nov 2026 08:00:00 GMT" (IMF-fixdate, RFC 9110 section 5.6.7).
[[nodiscard]] std::array<char, kDateBytes> format_date(int64_t unix_seconds) noexcept;

// How every head ends. Rendered once a second for all answers of a thread, which are thereby free
// of the time and of the connection they go to:
//
//   Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n        RFC 9110 section 6.6.1 wants one
//   Connection: close\r\n                          with kClose
//   \r\n
class HeadEnd {
 public:
  HeadEnd();

  // Cheap while the second is the same.
  void set_time(int64_t unix_seconds) noexcept;

  // Valid as long as the HeadEnd; the bytes change with set_time().
  [[nodiscard]] std::string_view text(Persistence persistence) const noexcept {
    return texts_[static_cast<size_t>(persistence)];
  }

 private:
  std::array<std::string, 2> texts_;
  int64_t rendered_seconds_ = -1;
};

// An answer but for its HeadEnd. Immutable, so that threads may share it.
//
//   HTTP/1.1 401 Unauthorized\r\n              head(), with the fields it was made with
//   WWW-Authenticate: Bearer realm="x"\r\n
//   Content-Length: 16\r\n
//   Date: ...\r\n                              HeadEnd
//   \r\n
//   {"valid":false}\n                          body()
class Response {
 public:
  // `fields` are whole lines, each with its CRLF.
  explicit Response(Status status, std::string_view fields = {}, std::string_view body = {});

  // What answers have in common that each have a body of their own: see write_with().
  [[nodiscard]] static Response of_any_body(Status status, std::string_view fields);
  // The head of a body that is written with write_streamed() as it comes to be.
  [[nodiscard]] static Response streamed(Status status, std::string_view fields, Version version);

  // Valid as long as the Response, for those who put further fields between them.
  [[nodiscard]] std::string_view head() const noexcept { return head_; }
  [[nodiscard]] std::string_view body() const noexcept { return body_; }

  // Writes it all, or for a HEAD all but the body (RFC 9110 section 9.3.2). An Out is whatever has
  // write(std::string_view), such as a net::Connection.
  template <typename Out>
  void write_to(Out& out, const HeadEnd& end, Persistence persistence, bool is_for_head) const {
    out.write(head_);
    out.write(end.text(persistence));
    if (!is_for_head && !body_.empty()) out.write(body_);
  }
  // Writes it, made with of_any_body(), with this body.
  template <typename Out>
  void write_with(std::string_view body, Out& out, const HeadEnd& end, Persistence persistence,
                  bool is_for_head) const {
    std::array<char, 24> length;
    const char* length_end = std::to_chars(length.begin(), length.end(), body.size()).ptr;
    out.write(head_);
    out.write({length.data(), static_cast<size_t>(length_end - length.data())});
    out.write("\r\n");
    out.write(end.text(persistence));
    if (!is_for_head) out.write(body);
  }

 private:
  Response() = default;

  std::string head_;
  std::string body_;
};

// Writes a piece of a streamed body: a chunk (RFC 9112 section 7.1), or for HTTP/1.0, which has
// none, the bare content, whose end is that of the connection.
template <typename Out>
void write_streamed(Out& out, std::string_view content, Version version) {
  if (content.empty()) return;  // as a chunk it would be the last
  if (version == Version::kHttp10) return out.write(content);
  std::array<char, 16> size;
  const char* end = std::to_chars(size.begin(), size.end(), content.size(), 16).ptr;
  out.write({size.data(), static_cast<size_t>(end - size.data())});
  out.write("\r\n");
  out.write(content);
  out.write("\r\n");
}

// Ends a streamed body. With HTTP/1.0, the connection must not be kept alive.
template <typename Out>
void end_streamed(Out& out, Version version) {
  if (version == Version::kHttp11) out.write("0\r\n\r\n");
}

// The interim answer to a request that expects_continue, written once it is certain that its body
// will be read, unless some of it is already there (RFC 9110 section 10.1.1).
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_RESPONSE_H_
