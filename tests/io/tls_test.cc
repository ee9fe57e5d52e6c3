// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/certificates.h"
#include "support/temporary_directory.h"
#include "support/tls_client.h"

namespace simdjwt::net {
namespace {

using namespace std::string_view_literals;
using State = Wire::State;
using simdjwt::testing::Identity;
using simdjwt::testing::TlsClient;
using simdjwt::testing::TlsClientOptions;

const Identity& authority() {
  static const Identity kAuthority = Identity::authority("test authority");
  return kAuthority;
}
const Identity& stranger() {
  static const Identity kStranger = Identity::authority("some other authority");
  return kStranger;
}

// The wire of one connection, as a Connection drives it.
class Server {
 public:
  explicit Server(const TlsFactory& factory) : wire_(factory.make()) {}

  // In pieces of `step` bytes, as the network likes to deliver.
  void take(std::string_view bytes, size_t step = std::string_view::npos) {
    while (!bytes.empty() && state_ <= State::kOpen) {
      std::string_view piece = bytes.substr(0, step);
      bytes.remove_prefix(piece.size());
      const std::string arrived(piece);
      std::string_view rest = arrived;
      state_ = wire_->receive(rest, {plain_, output_, client_});
      EXPECT_TRUE(rest.empty());
    }
  }
  bool send(std::string_view plain) { return wire_->send(plain, output_); }
  void close() { wire_->close(output_); }

  [[nodiscard]] std::string output() { return std::exchange(output_, {}); }
  [[nodiscard]] std::string received() { return std::exchange(plain_, {}); }
  [[nodiscard]] State state() const { return state_; }

 private:
  std::unique_ptr<Wire> wire_;
  State state_ = State::kOpening;
  std::string plain_;
  std::string output_;
  PeerAddress client_;
};

// Carries bytes to and fro until neither has more to say.
void talk(TlsClient& client, Server& server, size_t step = std::string_view::npos) {
  while (true) {
    const std::string to_server = client.output();
    server.take(to_server, step);
    const std::string to_client = server.output();
    if (!to_client.empty()) client.take(to_client);
    if (to_server.empty() && to_client.empty()) return;
  }
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    identify(authority().issue("localhost"));
    write("ca.pem", authority().certificate_pem());
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    chmod(path(name).c_str(), 0600);
  }
  void identify(const Identity& identity) const {
    write("cert.pem", identity.certificate_pem());
    write("key.pem", identity.key_pem());
  }
  [[nodiscard]] TlsOptions files() const {
    return {.certificate_file = path("cert.pem"), .key_file = path("key.pem")};
  }
  [[nodiscard]] TlsOptions files_with_clients(bool is_required) const {
    TlsOptions files = this->files();
    files.client_ca_file = path("ca.pem");
    files.client_required = is_required;
    return files;
  }
  [[nodiscard]] TlsContext load(const TlsOptions& files) {
    absl::StatusOr<TlsContext> context = TlsContext::load(files, warnings_);
    if (!context.ok()) {
      ADD_FAILURE() << context.status();
      std::abort();
    }
    return *std::move(context);
  }
  [[nodiscard]] std::string error_of(const TlsOptions& files) {
    return std::string(TlsContext::load(files, warnings_).status().message());
  }

  const testing::TemporaryDirectory directory_;
  std::vector<std::string> warnings_;
};

// --- Handshakes ---

class TlsVersionTest : public TlsTest, public ::testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(Versions, TlsVersionTest,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION), [](const auto& param) {
                           return param.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(TlsVersionTest, ShakesHandsAndTalks) {
  const TlsFactory factory(load(files()));
  EXPECT_TRUE(warnings_.empty());
  for (const size_t step : {size_t{1}, size_t{5}, size_t{100}, std::string_view::npos}) {
    Server server(factory);
    TlsClient client({.trusted = &authority(), .version = GetParam()});
    talk(client, server, step);
    ASSERT_EQ(server.state(), State::kOpen) << step << client.error();
    EXPECT_EQ(SSL_version(client.ssl()), GetParam());
    client.write("GET / HTTP/1.1\r\n\r\n");
    talk(client, server, step);
    EXPECT_EQ(server.received(), "GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(server.send("HTTP/1.1 200 OK\r\n\r\n"));
    talk(client, server, step);
    EXPECT_EQ(client.received(), "HTTP/1.1 200 OK\r\n\r\n");
  }
  EXPECT_EQ(factory.counters().opened, 4);
  EXPECT_EQ(factory.counters().failed, 0);
}

TEST_P(TlsVersionTest, UsesForwardSecrecyAndAuthenticatedEncryption) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  talk(client, server);
  const SSL_CIPHER* cipher = SSL_get_current_cipher(client.ssl());
  EXPECT_EQ(SSL_CIPHER_is_aead(cipher), 1);
  EXPECT_TRUE(SSL_CIPHER_get_kx_nid(cipher) == NID_kx_ecdhe ||
              SSL_CIPHER_get_kx_nid(cipher) == NID_kx_any);
  EXPECT_EQ(SSL_get_current_compression(client.ssl()), nullptr);
}

// The client is done before the server is, and does not wait.
TEST_P(TlsVersionTest, TakesARequestBehindTheHandshake) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  while (!client.is_open()) {
    server.take(client.output());
    client.take(server.output());
  }
  client.write("one");
  server.take(client.output());
  EXPECT_EQ(server.state(), State::kOpen);
  EXPECT_EQ(server.received(), "one");
}

TEST_P(TlsVersionTest, WaitsForTheRestOfATruncatedHandshake) {
  const TlsFactory factory(load(files()));
  TlsClient client({.version = GetParam()});
  const std::string hello = client.output();
  for (size_t num_bytes = 0; num_bytes < hello.size(); ++num_bytes) {
    Server server(factory);
    server.take(std::string_view(hello).substr(0, num_bytes));
    EXPECT_EQ(server.state(), State::kOpening);
    EXPECT_EQ(server.output(), "");
    server.close();
    EXPECT_EQ(server.output(), "");  // to whom?
  }
}

TEST_P(TlsVersionTest, CarriesMuchInManySizes) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  talk(client, server);
  for (const size_t num_bytes : {1u, 16'383u, 16'384u, 16'385u, 70'000u, 1'000'000u}) {
    std::string text(num_bytes, ' ');
    for (size_t i = 0; i < num_bytes; ++i) text[i] = static_cast<char>('a' + i % 23);
    client.write(text);
    talk(client, server, 8192);
    EXPECT_EQ(server.received(), text);
    EXPECT_TRUE(server.send(text));
    talk(client, server);
    EXPECT_EQ(client.received(), text);
  }
}

TEST_P(TlsVersionTest, SaysFarewellOnce) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  talk(client, server);
  EXPECT_TRUE(server.send("last"));
  server.close();
  client.take(server.output());
  EXPECT_EQ(client.received(), "last");
  EXPECT_TRUE(client.has_farewell());
  server.close();
  EXPECT_EQ(server.output(), "");
}

TEST_P(TlsVersionTest, AnswersAClientThatSaidFarewell) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  talk(client, server);
  client.write("one");
  SSL_shutdown(client.ssl());
  server.take(client.output());
  EXPECT_EQ(server.state(), State::kEnded);
  EXPECT_EQ(server.received(), "one");
  EXPECT_TRUE(server.send("answer"));
  server.close();
  client.take(server.output());
  EXPECT_EQ(client.received(), "answer");
  EXPECT_TRUE(client.has_farewell());
}

TEST_P(TlsVersionTest, FailsOnACorruptedRecord) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = GetParam()});
  talk(client, server);
  client.write("one");
  std::string record = client.output();
  record.back() ^= 1;
  server.take(record);
  EXPECT_EQ(server.state(), State::kFailed);
  EXPECT_EQ(server.received(), "");
  const std::string alert = server.output();
  EXPECT_FALSE(alert.empty());
  EXPECT_FALSE(server.send("two"));
  server.close();
  EXPECT_EQ(server.output(), "");
  client.take(alert);
  EXPECT_NE(client.error().find("bad record mac"), std::string::npos) << client.error();
  EXPECT_EQ(factory.counters().failed, 1);
}

// --- What is refused ---

TEST_F(TlsTest, RefusesTls11) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = TLS1_1_VERSION});
  talk(client, server);
  EXPECT_EQ(server.state(), State::kFailed);
  EXPECT_NE(client.error().find("protocol version"), std::string::npos) << client.error();
  EXPECT_EQ(factory.counters().opened, 0);
  EXPECT_EQ(factory.counters().failed, 1);
}

TEST_F(TlsTest, RefusesWhatIsNoTls) {
  const TlsFactory factory(load(files()));
  const std::string more(64, 'x');
  for (const std::string_view garbage :
       {"\r\n\r\n\0\r\nQUIT\n PROXY v2"sv, "SSH-2.0-client\r\n"sv,
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"sv, "\x16\x03\x01\xff\xff too long a record"sv,
        "\x80\x2e\x01 a hello of SSL 2.0, or something alike"sv, "\xff\xff\xff\xff\xff"sv}) {
    Server server(factory);
    server.take(std::string(garbage) + more);
    EXPECT_EQ(server.state(), State::kFailed) << garbage;
    EXPECT_EQ(server.received(), "");
    EXPECT_FALSE(server.send("answer"));
  }
}

TEST_F(TlsTest, TellsPlainHttpThatItIsWrongHere) {
  const TlsFactory factory(load(files()));
  for (const size_t step : {size_t{1}, std::string_view::npos}) {
    Server server(factory);
    server.take("GET /check HTTP/1.1\r\nHost: test\r\n\r\n", step);
    EXPECT_EQ(server.state(), State::kFailed);
    const std::string answer = server.output();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n")) << answer;
    const size_t body = answer.find("\r\n\r\n") + 4;
    EXPECT_NE(answer.find("Content-Length: " + std::to_string(answer.size() - body) + "\r\n"),
              std::string::npos);
  }
}

TEST_F(TlsTest, DoesNotRenegotiate) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = TLS1_2_VERSION});
  talk(client, server);
  SSL_renegotiate(client.ssl());
  SSL_do_handshake(client.ssl());
  talk(client, server);
  EXPECT_NE(client.error().find("no renegotiation"), std::string::npos) << client.error();
  EXPECT_EQ(factory.counters().opened, 1);
}

TEST_F(TlsTest, RenewsKeysWhenAsked) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client({.version = TLS1_3_VERSION});
  talk(client, server);
  for (int i = 0; i < 3; ++i) {
    SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(client.ssl());
    server.take(client.output(), 1);
    EXPECT_EQ(server.state(), State::kOpen);
    client.write("one");
    talk(client, server);
    EXPECT_EQ(server.received(), "one");
    EXPECT_TRUE(server.send("two"));
    talk(client, server);
    EXPECT_EQ(client.received(), "two");
  }
}

// --- Protocols (ALPN) ---

std::string chosen_protocol(const TlsFactory& factory, std::string_view offered) {
  Server server(factory);
  TlsClient client({.protocols = offered});
  talk(client, server);
  if (server.state() != State::kOpen) return client.error();
  const unsigned char* chosen = nullptr;
  unsigned num_bytes = 0;
  SSL_get0_alpn_selected(client.ssl(), &chosen, &num_bytes);
  return {reinterpret_cast<const char*>(chosen), num_bytes};
}

TEST_F(TlsTest, AgreesOnHttp1) {
  const TlsFactory factory(load(files()));
  EXPECT_EQ(chosen_protocol(factory, ""), "");
  EXPECT_EQ(chosen_protocol(factory, "\x08http/1.1"), "http/1.1");
  EXPECT_EQ(chosen_protocol(factory, "\x02h2\x08http/1.1"), "http/1.1");
  EXPECT_EQ(chosen_protocol(factory, "\x08http/1.0\x08http/1.1"), "http/1.1");
  EXPECT_EQ(chosen_protocol(factory, "\x08http/1.0"), "http/1.0");
}

TEST_F(TlsTest, RefusesClientsThatSpeakOnlySomethingElse) {
  const TlsFactory factory(load(files()));
  EXPECT_NE(chosen_protocol(factory, "\x02h2").find("no application protocol"), std::string::npos);
}

// --- Client certificates ---

class ClientCertificateTest : public TlsTest,
                              public ::testing::WithParamInterface<std::pair<int, bool>> {
 protected:
  // Empty if it was let in.
  std::string refusal_of(const Identity* identity) {
    const auto [version, is_required] = GetParam();
    const TlsFactory factory(load(files_with_clients(is_required)));
    Server server(factory);
    TlsClient client({.identity = identity, .version = version});
    talk(client, server);
    EXPECT_EQ(factory.counters().opened, server.state() == State::kOpen);
    return server.state() == State::kOpen ? "" : client.error();
  }
};

INSTANTIATE_TEST_SUITE_P(All, ClientCertificateTest,
                         ::testing::Values(std::pair(TLS1_2_VERSION, true),
                                           std::pair(TLS1_2_VERSION, false),
                                           std::pair(TLS1_3_VERSION, true),
                                           std::pair(TLS1_3_VERSION, false)));

TEST_P(ClientCertificateTest, LetsInWhoTheAuthorityKnows) {
  const Identity identity = authority().issue("client");
  EXPECT_EQ(refusal_of(&identity), "");
}

TEST_P(ClientCertificateTest, WantsACertificateOnlyIfItIsRequired) {
  EXPECT_EQ(refusal_of(nullptr).empty(), !GetParam().second);
}

TEST_P(ClientCertificateTest, RefusesCertificatesOfOthers) {
  const Identity identity = stranger().issue("client");
  EXPECT_NE(refusal_of(&identity).find("unknown ca"), std::string::npos);
}

TEST_P(ClientCertificateTest, RefusesCertificatesOfWhoeverCallsItselfTheAuthority) {
  const Identity identity = Identity::authority("test authority").issue("client");
  EXPECT_NE(refusal_of(&identity), "");
}

TEST_P(ClientCertificateTest, RefusesExpiredCertificates) {
  const Identity identity = authority().issue("client", {.from_seconds = -20, .to_seconds = -10});
  EXPECT_NE(refusal_of(&identity).find("expired"), std::string::npos);
}

// --- Resumption and reload ---

// A session that the server offered to `client`; it outlives both.
std::shared_ptr<SSL_SESSION> session_of(const TlsClient& client) {
  return {SSL_get1_session(client.ssl()), SSL_SESSION_free};
}

TEST_P(TlsVersionTest, ResumesSessionsUntilTheContextIsReplaced) {
  TlsFactory factory(load(files_with_clients(true)));
  const Identity identity = authority().issue("client");
  TlsClientOptions options{.identity = &identity, .version = GetParam()};
  Server first_server(factory);
  TlsClient first(options);
  talk(first, first_server);
  EXPECT_EQ(SSL_session_reused(first.ssl()), 0);
  const std::shared_ptr<SSL_SESSION> session = session_of(first);

  options.session = session.get();
  Server second_server(factory);
  TlsClient second(options);
  talk(second, second_server);
  EXPECT_EQ(second_server.state(), State::kOpen);
  EXPECT_EQ(SSL_session_reused(second.ssl()), 1);

  factory.replace(load(files_with_clients(true)));
  Server third_server(factory);
  TlsClient third(options);
  talk(third, third_server);
  EXPECT_EQ(third_server.state(), State::kOpen);
  EXPECT_EQ(SSL_session_reused(third.ssl()), 0);
}

std::string server_name_seen_by(const TlsClient& client) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(client.ssl()), X509_free);
  char name[64] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                            sizeof(name));
  return name;
}

TEST_P(TlsVersionTest, ShowsANewCertificateToNewClientsAndKeepsTheOld) {
  TlsFactory factory(load(files()));
  Server old_server(factory);
  TlsClient old_client({.version = GetParam()});
  Server halfway_server(factory);
  TlsClient halfway_client({.version = GetParam()});
  talk(old_client, old_server);
  halfway_server.take(halfway_client.output());

  identify(authority().issue("renewed"));
  factory.replace(load(files()));
  Server new_server(factory);
  TlsClient new_client({.trusted = &authority(), .version = GetParam()});
  talk(new_client, new_server);
  EXPECT_EQ(server_name_seen_by(new_client), "renewed");

  old_client.write("still here");
  talk(old_client, old_server);
  EXPECT_EQ(old_server.received(), "still here");
  halfway_client.take(halfway_server.output());
  talk(halfway_client, halfway_server);
  EXPECT_EQ(halfway_server.state(), State::kOpen);
  EXPECT_EQ(server_name_seen_by(halfway_client), "localhost");
}

TEST_F(TlsTest, SendsTheWholeChain) {
  const Identity leaf = authority().issue("localhost");
  identify(leaf);
  write("cert.pem", leaf.certificate_pem() + authority().certificate_pem());
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client;
  talk(client, server);
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(client.ssl())), 2);
}

// --- The error queue of the thread, which all of libssl and libcrypto share ---

TEST_F(TlsTest, IsNotMisledByOldErrorsAndLeavesNone) {
  const TlsFactory factory(load(files()));
  Server server(factory);
  TlsClient client;
  ERR_raise(ERR_LIB_USER, 1);
  server.take(client.output());
  EXPECT_EQ(server.state(), State::kOpening);
  talk(client, server);
  client.write("one");
  const std::string record = client.output();
  ERR_raise(ERR_LIB_USER, 1);
  server.take(record);
  EXPECT_EQ(server.state(), State::kOpen);
  ERR_raise(ERR_LIB_USER, 1);
  EXPECT_TRUE(server.send("two"));
  server.take("garbage, garbage, garbage");
  EXPECT_EQ(server.state(), State::kFailed);
  EXPECT_EQ(ERR_peek_error(), 0);
}

// --- Files ---

TEST_F(TlsTest, NamesTheFileThatIsMissing) {
  TlsOptions missing = files_with_clients(true);
  missing.client_ca_file = path("nowhere.pem");
  EXPECT_EQ(error_of(missing), path("nowhere.pem") + ": No such file or directory");
  missing.key_file = path("no.key");
  EXPECT_EQ(error_of(missing), path("no.key") + ": No such file or directory");
  missing.certificate_file = path("no.pem");
  EXPECT_EQ(error_of(missing), path("no.pem") + ": No such file or directory");
  EXPECT_EQ(ERR_peek_error(), 0);
}

TEST_F(TlsTest, NamesTheFileThatIsSomethingElse) {
  write("text.pem", "Dear server, this is not a certificate.\n");
  TlsOptions wrong = files();
  wrong.certificate_file = path("text.pem");
  EXPECT_EQ(error_of(wrong), path("text.pem") + ": no certificate in PEM form");
  wrong = files();
  wrong.key_file = path("text.pem");
  EXPECT_EQ(error_of(wrong), path("text.pem") + ": no private key in PEM form");
  wrong.key_file = path("cert.pem");
  EXPECT_EQ(error_of(wrong), path("cert.pem") + ": no private key in PEM form");
  wrong = files_with_clients(true);
  wrong.client_ca_file = path("text.pem");
  EXPECT_EQ(error_of(wrong), path("text.pem") + ": no certificate in PEM form");
  write("empty.pem", "");
  wrong.certificate_file = path("empty.pem");
  EXPECT_EQ(error_of(wrong), path("empty.pem") + ": no certificate in PEM form");
}

TEST_F(TlsTest, RefusesTheKeyOfAnother) {
  write("key.pem", stranger().key_pem());
  EXPECT_EQ(error_of(files()), path("key.pem") + ": does not belong to the certificate");
  write("key.pem",  // not even the same kind of key: RFC 8410 section 10.3
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n");
  EXPECT_EQ(error_of(files()), path("key.pem") + ": does not belong to the certificate");
}

// A server has nobody to ask.
TEST_F(TlsTest, RefusesAnEncryptedKey) {
  write("key.pem", authority().encrypted_key_pem());
  EXPECT_EQ(error_of(files()), path("key.pem") + ": is encrypted with a passphrase");
}

TEST_F(TlsTest, WarnsOfAKeyThatEverybodyMayRead) {
  chmod(path("key.pem").c_str(), 0644);
  (void)load(files());
  EXPECT_EQ(warnings_,
            std::vector{path("key.pem") + ": everybody on this machine may read this private key"});
}

TEST_F(TlsTest, WarnsOfCertificatesThatAreNotValidToday) {
  identify(authority().issue("localhost", {.from_seconds = -20, .to_seconds = -10}));
  (void)load(files());
  identify(authority().issue("localhost", {.from_seconds = 600, .to_seconds = 1200}));
  (void)load(files());
  EXPECT_EQ(warnings_, (std::vector{path("cert.pem") + ": this certificate has expired",
                                    path("cert.pem") + ": this certificate is not valid yet"}));
}

}  // namespace
}  // namespace simdjwt::net
