// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// What other people's servers say, and where they want us to go.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

#include "jwks/cache_lifetime.h"
#include "jwks/discovery.h"
#include "jwks/public_address.h"
#include "jwks/url.h"

namespace simdjwt::jwks {
namespace {

using std::chrono::seconds;

// --- Cache headers ---

constexpr int64_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr const char* kNowDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::optional<seconds> by_cache_control(std::string text) {
  return cache_lifetime({.cache_control = std::move(text)}, kNow);
}

TEST(CacheLifetime, IsMaxAge) {
  EXPECT_EQ(by_cache_control("max-age=300"), seconds(300));
  EXPECT_EQ(by_cache_control("public, max-age=300, must-revalidate"), seconds(300));
  EXPECT_EQ(by_cache_control("MAX-AGE=\"300\""), seconds(300));
  EXPECT_EQ(by_cache_control(" max-age = 300 ,"), seconds(300));
  EXPECT_EQ(by_cache_control("max-age=300, max-age=600"), seconds(300)) << "the first one";
  EXPECT_EQ(by_cache_control("max-age=99999999999999999999"), seconds(int64_t{1} << 31));
}

TEST(CacheLifetime, IsZeroWhereNothingMayBeKept) {
  EXPECT_EQ(by_cache_control("no-store"), seconds(0));
  EXPECT_EQ(by_cache_control("max-age=300, No-Cache"), seconds(0));
  EXPECT_EQ(by_cache_control("max-age=0"), seconds(0));
}

TEST(CacheLifetime, IsUnsaidWhereNothingIsUnderstood) {
  for (const char* text : {"", "public", "max-age", "max-age=", "max-age=-1", "max-age=+1",
                           "max-age=1.5", "max-age=x", "max-age=\"", "s-maxage=300", ",,=", "="}) {
    EXPECT_EQ(by_cache_control(text), std::nullopt) << text;
  }
}

TEST(CacheLifetime, EndsWhenExpiresSays) {
  const auto lifetime = [](const char* expires, const char* date) {
    return cache_lifetime({.expires = expires, .date = date}, kNow - 1000);
  };
  EXPECT_EQ(lifetime("Sun, 06 Nov 1994 08:59:37 GMT", kNowDate), seconds(600));
  EXPECT_EQ(lifetime("Sun, 06 Nov 1994 08:49:37 GMT", ""), seconds(1000)) << "by our clock";
  EXPECT_EQ(lifetime("Sun, 06 Nov 1994 08:39:37 GMT", kNowDate), seconds(0)) << "passed";
  EXPECT_EQ(lifetime("0", kNowDate), seconds(0)) << "no date has passed";
  EXPECT_EQ(lifetime("", kNowDate), std::nullopt);
}

TEST(CacheLifetime, PrefersMaxAgeToExpires) {
  EXPECT_EQ(cache_lifetime({.cache_control = "max-age=60", .expires = "0"}, kNow), seconds(60));
}

TEST(CacheLifetime, IsShorterByTheAgeOfWhatACacheAnswered) {
  EXPECT_EQ(cache_lifetime({.cache_control = "max-age=60", .age = "20"}, kNow), seconds(40));
  EXPECT_EQ(cache_lifetime({.cache_control = "max-age=60", .age = "90"}, kNow), seconds(0));
  EXPECT_EQ(cache_lifetime({.cache_control = "max-age=60", .age = "x"}, kNow), seconds(60));
}

// --- Addresses ---

net::PeerAddress address(const std::string& text) {
  sockaddr_storage storage{};
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  }
  return net::PeerAddress::from(storage);
}

TEST(PublicAddress, IsOneOfTheInternetAtLarge) {
  for (const char* text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1",
        "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "192.169.0.0", "223.255.255.255", "2606:4700:4700::1111", "2003::1", "2001:200::1",
        "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"}) {
    EXPECT_TRUE(is_public(address(text))) << text;
  }
}

TEST(PublicAddress, IsNoneThatARegistryReserves) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.168.0.1",
                           "192.168.255.255",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::127.0.0.1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b::169.254.169.254",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "3fff::1",
                           "4000::1",
                           "fc00::1",
                           "fd12::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1"}) {
    EXPECT_FALSE(is_public(address(text))) << text;
  }
}

TEST(PublicAddress, IsNoUnixSocket) {
  EXPECT_FALSE(is_public(net::PeerAddress{.family = net::PeerAddress::Family::kUnix}));
  EXPECT_FALSE(is_public(net::PeerAddress{}));
}

// --- URLs ---

std::string mistake_in(const std::string& url, PlainHttp plain_http = PlainHttp::kRefuse) {
  return std::string(check_url(url, plain_http).message());
}

TEST(CheckUrl, TakesHttps) {
  for (const char* url : {"https://id.example", "https://id.example/", "HTTPS://id.example/keys",
                          "https://id.example:8443/a/b?c=d", "https://[2001:db8::1]/keys",
                          "https://192.0.2.1/keys"}) {
    EXPECT_EQ(mistake_in(url), "") << url;
  }
}

TEST(CheckUrl, TakesHttpOnlyWhereThatIsSaid) {
  EXPECT_EQ(mistake_in("http://127.0.0.1:8080/keys", PlainHttp::kAllow), "");
  EXPECT_EQ(mistake_in("http://id.example/keys"),
            "not an https URL: http is only for tests, and must be allowed (allow_http)");
}

TEST(CheckUrl, RefusesWhatIsNoUrlOfADocument) {
  for (const char* url :
       {"", "id.example", "/keys", "https://", "https:/keys", "https:///keys",
        "https://id.example/a b", "https://id.example\r\nX: y", "https://id.example:99999/"}) {
    EXPECT_EQ(mistake_in(url, PlainHttp::kAllow), "not a URL") << url;
  }
  for (const char* url : {"file:///etc/passwd", "ftp://id.example/keys", "gopher://id.example/1"}) {
    EXPECT_EQ(mistake_in(url, PlainHttp::kAllow), "not an https URL") << url;
  }
  EXPECT_EQ(mistake_in("https://user:secret@id.example/"), "a user name or password in a URL");
  EXPECT_EQ(mistake_in("https://user@id.example/"), "a user name or password in a URL");
  EXPECT_EQ(mistake_in("https://id.example/#keys"), "a URL with a fragment");
  EXPECT_EQ(mistake_in("https://id.example/" + std::string(2048, 'a')), "longer than 2048 bytes");
}

TEST(DiscoveryUrl, IsTheIssuersAndAWellKnownPath) {
  EXPECT_EQ(discovery_url("https://id.example"),
            "https://id.example/.well-known/openid-configuration");
  EXPECT_EQ(discovery_url("https://id.example/"),
            "https://id.example/.well-known/openid-configuration");
  EXPECT_EQ(discovery_url("https://id.example/tenant/"),
            "https://id.example/tenant/.well-known/openid-configuration");
}

// --- Metadata ---

constexpr const char* kIssuer = "https://id.example";

std::string mistake_in_metadata(std::string_view text) {
  const auto uri = read_jwks_uri(text, kIssuer, PlainHttp::kRefuse);
  return uri.ok() ? "" : std::string(uri.status().message());
}

TEST(ReadJwksUri, FindsItInTheIssuersMetadata) {
  const auto uri = read_jwks_uri(
      R"({"issuer":"https://id.example","x":[1],"jwks_uri":"https://keys.example/set"})", kIssuer,
      PlainHttp::kRefuse);
  ASSERT_TRUE(uri.ok()) << uri.status().message();
  EXPECT_EQ(*uri, "https://keys.example/set");
}

TEST(ReadJwksUri, RefusesMetadataOfAnotherIssuer) {
  for (const char* issuer : {"https://id.example/", "https://ID.example", "https://id.example.evil",
                             "http://id.example", ""}) {
    EXPECT_EQ(mistake_in_metadata(R"({"issuer":")" + std::string(issuer) +
                                  R"(","jwks_uri":"https://id.example/keys"})"),
              std::string("it is of the issuer \"") + issuer + '"');
  }
  EXPECT_EQ(mistake_in_metadata(R"({"issuer":"\u001b[31m","jwks_uri":"https://id.example/keys"})"),
            "it is of the issuer \"?[31m\"");
}

TEST(ReadJwksUri, RefusesMetadataThatAreNone) {
  EXPECT_EQ(mistake_in_metadata(""), "not a valid JSON object");
  EXPECT_EQ(mistake_in_metadata("[]"), "not a valid JSON object");
  EXPECT_EQ(mistake_in_metadata("<html>"), "not a valid JSON object");
  EXPECT_EQ(mistake_in_metadata("{}"), "it has no \"issuer\"");
  EXPECT_EQ(mistake_in_metadata(R"({"issuer":1})"), "its \"issuer\" is not a string");
  EXPECT_EQ(mistake_in_metadata(R"({"issuer":"https://id.example"})"), "it has no \"jwks_uri\"");
  EXPECT_EQ(mistake_in_metadata(R"({"issuer":"https://id.example","\u0069ssuer":"https://evil"})"),
            "it has more than one \"issuer\"");
}

TEST(ReadJwksUri, RefusesToGoAnywhere) {
  for (const auto& [uri, mistake] :
       {std::pair("file:///etc/passwd", "not an https URL"), std::pair("/keys", "not a URL"),
        std::pair("https://a@b/", "a user name or password in a URL")}) {
    EXPECT_EQ(mistake_in_metadata(R"({"issuer":"https://id.example","jwks_uri":")" +
                                  std::string(uri) + R"("})"),
              std::string("its \"jwks_uri\" is \"") + uri + "\": " + mistake);
  }
}

}  // namespace
}  // namespace simdjwt::jwks
