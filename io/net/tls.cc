// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <string_view>

namespace simdjwt::net {
namespace {

// Forward secrecy and authenticated encryption only; the three suites of TLS 1.3 all have both.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// In the order of our preference, each behind its length (RFC 7301 section 3.1).
constexpr std::string_view kProtocols = "\x08http/1.1\x08http/1.0";

// The one thing that is mistaken for a ClientHello all day.
constexpr std::string_view kPlainHttpAnswer =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 43\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: use https, not http.\n";

constexpr std::string_view kNoCertificate = "no certificate in PEM form";

// --- Context ---

// What went wrong in this thread, which the queue then forgets: its first error is the root of the
// others. `not_found` names what a file should have held.
std::string take_cause(std::string_view not_found) {
  const unsigned long error = ERR_peek_error();
  const int reason = ERR_GET_REASON(error);
  std::string cause;
  if (ERR_SYSTEM_ERROR(error)) {
    cause = std::strerror(reason);
  } else if ((ERR_GET_LIB(error) == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE) ||
             reason == ERR_R_UNSUPPORTED) {
    cause = not_found;
  } else if (const char* text = ERR_reason_error_string(error); text != nullptr) {
    cause = text;
  } else {
    cause = "unknown error";
  }
  ERR_clear_error();
  return cause;
}

absl::Status error_in(const std::string& file, std::string_view cause) {
  return absl::InvalidArgumentError(file + ": " + std::string(cause));
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned num_offered_bytes, void*) {
  // Something else in common there is not, and a client that speaks only that would not be
  // understood.
  unsigned char* out = nullptr;
  const int result = SSL_select_next_proto(
      &out, chosen_bytes, reinterpret_cast<const unsigned char*>(kProtocols.data()),
      static_cast<unsigned>(kProtocols.size()), offered, num_offered_bytes);
  *chosen = out;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kTls12Ciphers);
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  // Tickets only: a cache would be a lock and a memory of every client. One is enough, as none is
  // asked to open several connections.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  constexpr std::string_view kSessionContext = "simdjwt";
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
}

absl::Status load_certificate(SSL_CTX* context, const std::string& file,
                              std::vector<std::string>& warnings) {
  if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1) {
    return error_in(file, take_cause(kNoCertificate));
  }
  const X509* certificate = SSL_CTX_get0_certificate(context);
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    warnings.push_back(file + ": this certificate has expired");
  } else if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    warnings.push_back(file + ": this certificate is not valid yet");
  }
  return absl::OkStatus();
}

// After the certificate it belongs to.
absl::Status load_key(SSL_CTX* context, const std::string& file,
                      std::vector<std::string>& warnings) {
  // Instead of a question on the terminal.
  const auto refuse_passphrase = [](char*, int, int, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
  };
  bool was_passphrase_asked = false;
  SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &was_passphrase_asked);
  const bool is_read = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (was_passphrase_asked) return error_in(file, "is encrypted with a passphrase");
  // A key of the certificate's type is compared with it as it is read, one of another is not.
  if (is_read ? SSL_CTX_check_private_key(context) != 1
              : ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_X509) {
    return error_in(file, "does not belong to the certificate");
  }
  if (!is_read) return error_in(file, take_cause("no private key in PEM form"));
  struct stat status;
  if (stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    warnings.push_back(file + ": everybody on this machine may read this private key");
  }
  return absl::OkStatus();
}

absl::Status load_client_ca(SSL_CTX* context, const std::string& file, bool is_required) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());  // to ask clients for
  if (names == nullptr) return error_in(file, take_cause(kNoCertificate));
  SSL_CTX_set_client_CA_list(context, names);
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    return error_in(file, take_cause(kNoCertificate));
  }
  const int must = is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | must, nullptr);
  return absl::OkStatus();
}

absl::Status load_all(SSL_CTX* context, const TlsOptions& options,
                      std::vector<std::string>& warnings) {
  absl::Status status = load_certificate(context, options.certificate_file, warnings);
  if (status.ok()) status = load_key(context, options.key_file, warnings);
  if (status.ok() && !options.client_ca_file.empty()) {
    status = load_client_ca(context, options.client_ca_file, options.client_required);
  }
  return status;
}

// --- Wire ---

class TlsWire final : public Wire {
 public:
  TlsWire(SSL_CTX* context, WireCounters& counters);

  State receive(std::string_view& bytes, const Results& results) override;
  bool send(std::string_view plain, std::string& output) override;
  void close(std::string& output) override;

 private:
  struct Free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };

  State fail(std::string& output);

  // libssl reads what has arrived and writes what is to be sent in place: a BIO of our own saves
  // the copies, and the memory, of two BIOs that hold them.
  static const BIO_METHOD* socket_method();
  static int read_socket(BIO* bio, char* data, size_t num_bytes_max, size_t* num_bytes);
  static int write_socket(BIO* bio, const char* data, size_t num_bytes, size_t* num_written);
  static long control_socket(BIO* bio, int command, long number, void* pointer);

  WireCounters& counters_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string_view input_;         // of the call under way
  std::string* output_ = nullptr;  // likewise
  bool is_open_ = false;
  bool has_failed_ = false;
};

TlsWire::TlsWire(SSL_CTX* context, WireCounters& counters)
    : counters_(counters), ssl_(SSL_new(context)) {
  BIO* bio = ssl_ == nullptr ? nullptr : BIO_new(socket_method());
  if (bio == nullptr) {  // no memory: the first byte will find no handshake
    ssl_.reset();
    return;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

const BIO_METHOD* TlsWire::socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    BIO_meth_set_read_ex(fresh, read_socket);
    BIO_meth_set_write_ex(fresh, write_socket);
    BIO_meth_set_ctrl(fresh, control_socket);
    return fresh;
  }();
  return method;
}

int TlsWire::read_socket(BIO* bio, char* data, size_t num_bytes_max, size_t* num_bytes) {
  auto& wire = *static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire.input_.empty()) {
    BIO_set_retry_read(bio);
    return 0;
  }
  *num_bytes = wire.input_.copy(data, num_bytes_max);
  wire.input_.remove_prefix(*num_bytes);
  return 1;
}

int TlsWire::write_socket(BIO* bio, const char* data, size_t num_bytes, size_t* num_written) {
  static_cast<TlsWire*>(BIO_get_data(bio))->output_->append(data, num_bytes);
  *num_written = num_bytes;
  return 1;
}

long TlsWire::control_socket(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

Wire::State TlsWire::receive(std::string_view& bytes, const Results& results) {
  if (ssl_ == nullptr) return fail(results.output);
  input_ = std::exchange(bytes, {});
  output_ = &results.output;
  ERR_clear_error();  // or SSL_get_error() believes an old error of this thread to be ours
  while (true) {
    std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> record;
    size_t num_bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), record.data(), record.size(), &num_bytes);
    if (!is_open_ && SSL_is_init_finished(ssl_.get()) != 0) {
      is_open_ = true;
      counters_.opened.fetch_add(1, std::memory_order_relaxed);
    }
    results.plain.append(record.data(), num_bytes);
    if (result == 1) continue;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return is_open_ ? State::kOpen : State::kOpening;
      case SSL_ERROR_ZERO_RETURN:
        return State::kEnded;
      default:
        return fail(results.output);
    }
  }
}

// libssl has written its alert by now.
Wire::State TlsWire::fail(std::string& output) {
  has_failed_ = true;
  counters_.failed.fetch_add(1, std::memory_order_relaxed);
  if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) output.append(kPlainHttpAnswer);
  ERR_clear_error();
  return State::kFailed;
}

bool TlsWire::send(std::string_view plain, std::string& output) {
  if (has_failed_) return false;
  output_ = &output;
  ERR_clear_error();
  size_t num_bytes = 0;
  has_failed_ = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &num_bytes) != 1;
  ERR_clear_error();
  return !has_failed_;
}

void TlsWire::close(std::string& output) {
  if (!is_open_ || has_failed_) return;
  output_ = &output;
  ERR_clear_error();
  // Called again, it would wait for the client's farewell, which nobody needs.
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

absl::StatusOr<TlsContext> TlsContext::load(const TlsOptions& options,
                                            std::vector<std::string>& warnings) {
  ERR_clear_error();
  TlsContext context;
  context.context_.reset(SSL_CTX_new(TLS_server_method()));
  if (context.get() == nullptr) return absl::InternalError("libssl: " + take_cause(""));
  set_rules(context.get());
  const absl::Status status = load_all(context.get(), options, warnings);
  ERR_clear_error();
  if (!status.ok()) return status;
  return context;
}

void TlsFactory::replace(TlsContext context) {
  const std::lock_guard lock(mutex_);
  std::swap(context_, context);
}

std::unique_ptr<Wire> TlsFactory::make() const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<TlsWire>(context_.get(), tally());
}

}  // namespace simdjwt::net
