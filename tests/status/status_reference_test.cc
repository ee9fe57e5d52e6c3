// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_reference.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace simdjwt::status {
namespace {

// "7 https://id.example/0", or empty. Nothing beyond the text may be read.
std::string index_and_uri(const std::string& json) {
  const auto exact = std::make_unique<char[]>(json.size());
  json.copy(exact.get(), json.size());
  UriRoom room;
  const auto reference = read_status_reference({exact.get(), json.size()}, room);
  if (!reference) return "";
  return std::to_string(reference->index) + " " + std::string(reference->uri);
}

std::string with_list(const std::string& members) { return R"({"status_list":{)" + members + "}}"; }

TEST(StatusReference, IsReadWhateverStandsBesideIt) {
  EXPECT_EQ(index_and_uri(R"({"status_list":{"idx":7,"uri":"a"}})"), "7 a");
  EXPECT_EQ(index_and_uri("{ \"status_list\" :\t{\r\n\"uri\" : \"a\" , \"idx\" : 0 } }"), "0 a");
  EXPECT_EQ(index_and_uri(
                R"({"x":{"status_list":{"idx":1}},"status_list":{"idx":7,"uri":"a"},"y":[{}]})"),
            "7 a");
  EXPECT_EQ(
      index_and_uri(with_list(R"("z":"\"}","idx":7,"w":[1,"]",{"uri":"b"}],"uri":"a","v":null)")),
      "7 a");
  EXPECT_EQ(index_and_uri(with_list(R"("idx":18446744073709551615,"uri":"a")")),
            "18446744073709551615 a");
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"")")), "7 ");
}

TEST(StatusReference, IsTheSameInAnySpelling) {
  for (const char* idx : {"0", "7", "-1", "0.5", "18446744073709551616", "\"7\"", ""}) {
    for (const char* uri : {"", "a", "a\\/b", "a\\\"b", "a\",\"uri\":\"b", "a\",\"idx\":\"b"}) {
      const std::string usual =
          with_list(std::string("\"idx\":") + idx + ",\"uri\":\"" + uri + '"');
      EXPECT_EQ(index_and_uri(usual), index_and_uri(' ' + usual)) << usual;
    }
  }
  EXPECT_EQ(index_and_uri(R"({"status_list":{"idx":"}})"), "");
  EXPECT_EQ(index_and_uri(R"({"status_list":{"idx":7,"uri":"}})"), "");
}

TEST(StatusReference, MayBeSpeltWithEscapes) {
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"https:\/\/id.example\/\u0030")")),
            "7 https://id.example/0");
  EXPECT_EQ(
      index_and_uri(R"({"status\u005flist":{"\u0069dx":7,"\u0075\u0072\u0069":"a\u002F\u002f"}})"),
      "7 a//");
  EXPECT_EQ(index_and_uri(R"({"status_list":{"uri":"a\/b","\u0069dx":7},"\u0078\u0078":0})"),
            "7 a/b");
  EXPECT_EQ(index_and_uri(with_list(R"("\u00e9":1,"\ud83d\ude00":2,"\n":3,"idx":7,"uri":"\"\\")")),
            R"(7 "\)");
}

TEST(StatusReference, IsOneNumberAndOneString) {
  for (const char* members :
       {"", R"("idx":7)", R"("uri":"a")", R"("idx":-1,"uri":"a")", R"("idx":7.0,"uri":"a")",
        R"("idx":7e0,"uri":"a")", R"("idx":"7","uri":"a")", R"("idx":null,"uri":"a")",
        R"("idx":true,"uri":"a")", R"("idx":[7],"uri":"a")", R"("idx":7,"uri":null)",
        R"("idx":18446744073709551616,"uri":"a")", R"("idx":7,"uri":["a"])", R"("idx":7,"uri":7)",
        R"("idx":7,"uri":"\u00e9")", R"("idx":7,"uri":"\n")", R"("IDX":7,"uri":"a")"}) {
    EXPECT_EQ(index_and_uri(with_list(members)), "") << members;
  }
}

TEST(StatusReference, IsThereOnce) {
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"a","idx":7)")), "");
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"a","\u0069dx":7)")), "");
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"a","uri":"b")")), "");
  EXPECT_EQ(
      index_and_uri(R"({"status_list":{"idx":7,"uri":"a"},"status_list":{"idx":7,"uri":"a"}})"),
      "");
}

TEST(StatusReference, IsWithinAnObject) {
  for (const char* json :
       {"", "null", "7", R"("status_list")", "[]", R"([{"status_list":{"idx":7,"uri":"a"}}])", "{}",
        R"({"status_list":null})", R"({"status_list":[]})", R"({"status_list":{}})",
        R"({"status_list":"{\"idx\":7,\"uri\":\"a\"}"})", R"({"idx":7,"uri":"a"})"}) {
    EXPECT_EQ(index_and_uri(json), "") << json;
  }
}

TEST(StatusReference, IsNoLongerThanAnybodyFollows) {
  const std::string longest(kUriBytesMax, 'a');
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":")" + longest + '"')), "7 " + longest);
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":")" + longest + "a\"")), "");
  EXPECT_EQ(index_and_uri(with_list(R"("idx":7,"uri":"\/)" + longest + '"')), "");
}

// Its callers have valid JSON; it does no harm to those who have not.
TEST(StatusReference, ReadsNothingBehindATextThatBreaksOff) {
  const std::string whole = with_list(R"("x":["\\",{}],"idx":7,"uri":"a\/b\u0041")");
  ASSERT_EQ(index_and_uri(whole), "7 a/bA");
  for (size_t size = 0; size < whole.size(); ++size) (void)index_and_uri(whole.substr(0, size));
}

}  // namespace
}  // namespace simdjwt::status
