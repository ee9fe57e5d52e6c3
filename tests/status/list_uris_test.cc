// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/list_uris.h"

#include <gtest/gtest.h>

#include "status/status_reference.h"

namespace simdjwt::status {
namespace {

using jwks::PlainHttp;

TEST(ListUris, AllowForThemselvesAndWhatLiesBeneathThem) {
  const ListUris uris({"https://id.example/lists/", "https://other.example/list"});
  for (const char* uri : {"https://id.example/lists/0", "https://id.example/lists/a/b.c",
                          "https://id.example/lists//", "https://id.example/lists/...",
                          "https://id.example/lists/?id=0&a=b@c", "https://other.example/list"}) {
    EXPECT_TRUE(uris.allow(uri)) << uri;
  }
  for (const char* uri :
       {"", "https://id.example/lists/", "https://id.example/lists", "https://id.example/lists0",
        "http://id.example/lists/0", "HTTPS://id.example/lists/0", "https://ID.example/lists/0",
        "https://id.example:443/lists/0", "https://id.example.org/lists/0",
        "https://a@id.example/lists/0", "https://other.example/list/0",
        "https://other.example/list?0", "https://other.example/"}) {
    EXPECT_FALSE(uris.allow(uri)) << uri;
  }
  EXPECT_EQ(uris.lists(), std::vector<std::string>{"https://other.example/list"});
}

TEST(ListUris, AreLeftByNoSpelling) {
  const ListUris uris({"https://id.example/lists/"});
  for (const char* rest :
       {"..",          ".",         "../keys",   "a/../../keys", "a/.",        "a/./b",
        "%2e%2e/keys", "%2E./keys", "..%2fkeys", "%6c",          "\\..\\keys", "a b",
        "a\tb",        "a\nb",      "a#b",       "a\"",          "<a>",        "{a}",
        "a|b",         "a^b",       "a`b",       "[a]",          "\xc3\xa9",   "..?a"}) {
    EXPECT_FALSE(uris.allow(std::string("https://id.example/lists/").append(rest))) << rest;
  }
  EXPECT_FALSE(uris.allow(std::string("https://id.example/lists/a\0b", 28)));
  const std::string longest = "https://id.example/lists/" + std::string(kUriBytesMax - 25, 'a');
  EXPECT_TRUE(uris.allow(longest));
  EXPECT_FALSE(uris.allow(longest + "a"));
}

TEST(ListUris, AreCheckedBeforehand) {
  for (const char* uri : {"https://id.example/", "https://id.example:8443/lists/",
                          "https://[2001:db8::1]/lists/0", "https://id.example/lists?id=0"}) {
    EXPECT_TRUE(ListUris::check(uri, PlainHttp::kRefuse).ok()) << uri;
  }
  for (const char* uri :
       {"", "lists", "https://id.example", "http://id.example/lists/", "file:///lists/",
        "https://a@id.example/", "https://id.example/#a", "https://id.example/a/../b/",
        "https://id.example/%20/", "https://id.example/a/./"}) {
    EXPECT_FALSE(ListUris::check(uri, PlainHttp::kRefuse).ok()) << uri;
  }
  EXPECT_TRUE(ListUris::check("http://id.example/lists/", PlainHttp::kAllow).ok());
}

}  // namespace
}  // namespace simdjwt::status
