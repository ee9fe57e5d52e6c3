// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The reader of headers and claims, all kernels of it, against RFC 8259 as written down in a table,
// as coded in the reference, and as simdjson's DOM understands it.

#include "jose/json_reader.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <optional>
#include <random>
#include <set>

#include "bytes/json_index.h"
#include "support/guarded_buffer.h"
#include "support/reference_json.h"
#include "support/sanitizers.h"

namespace simdjwt::jose {
namespace {

using simdjwt::testing::GuardedBuffer;
using simdjwt::testing::JsonValue;
using simdjwt::testing::kSanitized;
using simdjwt::testing::parse_json;

// Texts of a test. Sanitizers, which take ten times as long over one, see as much in fewer.
constexpr int kNumRandom = kSanitized ? 30'000 : 150'000;

constexpr std::string_view kKnownNames[] = {"a", "exp", "alg", ""};

// Reads `text` with one kernel, in room that ends where memory does.
class GuardedReader {
 public:
  GuardedReader(const bytes::JsonIndexKernel& kernel, JsonConstants constants)
      : kernel_(kernel.name),
        reader_(kernel, kKnownNames, constants),
        memory_(json_room_bytes(kTokenBytesMax)) {}

  JsonStatus read(std::string_view text, JsonObject& object) {
    char* room = reinterpret_cast<char*>(memory_.room_at_end(json_room_bytes(text.size())));
    if (!text.empty()) std::memcpy(room, text.data(), text.size());
    reader_.release_objects();
    const JsonStatus peeked = reader_.peek(room, text.size(), members_, object, is_new_);
    const size_t num_peeked = object.members.size();
    object = {};
    const JsonStatus status = reader_.read(room, text.size(), members_, object);
    EXPECT_EQ(peeked, status) << text;
    EXPECT_EQ(num_peeked, object.members.size()) << text;
    return status;
  }
  JsonStatus status(std::string_view text) {
    JsonObject object;
    return read(text, object);
  }
  std::string_view kernel() const { return kernel_; }

 private:
  std::string_view kernel_;
  JsonReader reader_;
  JsonMembers members_;
  bool is_new_;
  GuardedBuffer memory_;
};

class JsonReaderTest : public ::testing::Test {
 protected:
  JsonReaderTest() {
    for (const bytes::JsonIndexKernel* kernel : bytes::available_json_kernels()) {
      readers_.push_back(std::make_unique<GuardedReader>(*kernel, JsonConstants::kFind));
    }
    readers_.push_back(std::make_unique<GuardedReader>(*bytes::available_json_kernels().back(),
                                                       JsonConstants::kNone));
  }

  // The status that all kernels agree on.
  JsonStatus status(std::string_view text) {
    const JsonStatus first = readers_.front()->status(text);
    for (const auto& reader : readers_) {
      EXPECT_EQ(reader->status(text), first) << reader->kernel() << ": " << text;
    }
    return first;
  }

  // Each kernel's result against the reference: status, and every member in order.
  void compare_with_reference(std::string_view text) {
    const std::optional<JsonValue> expected = parse_json(text);
    const bool readable =
        expected && expected->type == JsonType::kObject && expected->names.size() <= kMembersMax;
    for (const auto& reader : readers_) {
      JsonObject object;
      const JsonStatus status = reader->read(text, object);
      ASSERT_EQ(status != JsonStatus::kInvalid, readable) << reader->kernel() << ": " << text;
      if (!readable) continue;
      const std::set names(expected->names.begin(), expected->names.end());
      const bool unique = names.size() == expected->names.size();
      ASSERT_EQ(status == JsonStatus::kOk, unique) << reader->kernel() << ": " << text;
      if (unique) {
        ASSERT_NO_FATAL_FAILURE(compare_members(object, *expected, text));
      }
    }
  }

  void compare_members(const JsonObject& object, const JsonValue& expected, std::string_view text) {
    ASSERT_EQ(object.members.size(), expected.names.size()) << text;
    for (size_t i = 0; i < expected.names.size(); ++i) {
      const JsonMember& member = object.members[i];
      const JsonValue& value = expected.elements[i];
      ASSERT_EQ(object.name(member), expected.names[i]) << text;
      ASSERT_EQ(object.raw(member), value.raw) << text;
      ASSERT_EQ(member.type, value.type) << text;
      ASSERT_EQ(object.find(expected.names[i]), &member) << text;
      if (value.type == JsonType::kString) {
        ASSERT_EQ(object.string(member), value.text) << text;
      }
      if (value.type == JsonType::kNumber) {
        ASSERT_EQ(member.is_plain, value.raw.find_first_not_of("0123456789") == value.raw.npos);
      }
    }
    for (size_t i = 0; i < std::size(kKnownNames); ++i) {
      ASSERT_EQ(object.find_known(i), object.find(kKnownNames[i])) << text;
    }
  }

  std::vector<std::unique_ptr<GuardedReader>> readers_;
};

// --- Tables ---

// A line each would be 170 lines.
// clang-format off
constexpr std::string_view kValidValues[] = {
    "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.0", "0.1", "-0.1", "1.5e10",
    "1E10", "1e+10", "1e-10", "0e0", "0E+0", "1e400", "-1e400", "1e-400",
    "0.00000000000000000000001", "true", "false", "null", R"("")", R"(" ")", R"("a")", R"("\"")",
    R"("\\")", R"("\/")", R"("/")", R"("\b\f\n\r\t")", R"("\u0000")", R"("\u001F")", R"("\u00e9")",
    R"("\uD83D\uDE00")", R"("\uFFFF")", R"("\\u0041")", R"("\\\"")", R"("\\\\")", "\"\x7f\"",
    "\"é\"", "\"€\"", "\"😀\"", "\"\xef\xbb\xbf\"", "\"\xf4\x8f\xbf\xbf\"", R"("{")", R"("}")",
    R"("[")", R"("]")", R"(",")", R"(":")", R"("true")", "[]", "[ ]", "[\t\n\r ]", "[0]", "[ 0 ]",
    "[0,1]", "[ 0 , 1 ]", "[[]]", "[[],[]]", "[[[[[[[[]]]]]]]]", "[{}]", R"(["a","b"])",
    R"([1,"a",null,true,{},[]])", "{}", "{ }", R"({"a":1})", R"({ "a" : 1 , "b" : 2 })",
    R"({"a":{"b":{"c":{}}}})", R"({"a":[{"b":[]}]})", R"({"a":1,"a":2})", R"({"":""})",
    R"({"\u0061":"\u0061"})", R"([""])", R"({"a":"}"})"};

constexpr std::string_view kInvalidValues[] = {
    "", " ", "x", "01", "-01", "00", "-", "+1", "1.", ".1", "1.e1", "1e", "1e+", "1e1.5", "1ee1",
    "0x1", "1_0", "1,", "1 1", "1a", "- 1", "1. 5", "1 .5", "--1", "NaN", "nan", "Infinity",
    "-Infinity", "True", "TRUE", "tru", "truee", "true1", "nul", "nulll", "fals", "falsey", "none",
    "undefined", "\"", "\"a", "a\"", "\"\"\"", "\"a\"b", "\"a\" \"b\"", "'a'", "`a`", R"("\")",
    R"("\a")", R"("\0")", R"("\x41")", R"("\u")", R"("\u0")", R"("\u00")", R"("\u000")",
    R"("\u000g")", R"("\U0041")", R"("\ ")", R"("\'")", "\"\\\n\"", "\"\n\"", "\"\t\"", "\"\r\"",
    R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800\u0041")", R"("\ud800x")",
    R"("\udc00\ud800")", "\"\x80\"", "\"\xc3\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"", "\xef\xbb\xbf"
                                               "1",
    "\xc2\xa0", "\x0b", "\x0c", "[", "]", "[[", "[]]", "[1", "1]", "[1,", "[,1]", "[1,,2]", "[1,]",
    "[1 2]", "[1:2]", "[,]", "[}", "[1}", "[{]", "[{]}", R"(["a)", R"(["a])", R"(["a" "b"])",
    R"([a])", "{", "}", "{]", R"({"a"})", R"({"a":})", R"({"a":1,})", R"({,"a":1})",
    R"({"a":1,,"b":2})", R"({"a" 1})", R"({"a"::1})", R"({a:1})", R"({'a':1})", R"({1:1})",
    R"({null:1})", R"({[]:1})", R"({{}:1})", R"({"a":1 "b":2})", R"({"a":1:"b":2})",
    R"({"a":1]", R"({"a":1)", R"({"a":)", R"({"a")", R"({"a)", R"({"a":1}})", R"({"a":{"b":1})",
    R"({"a",1})", "/**/1", "1/**/", "1//", "#1", "\\", "\\\"", "\"\\", "\\u0031"};
// clang-format on

TEST_F(JsonReaderTest, AcceptsEveryValidValueAsAMember) {
  for (const std::string_view value : kValidValues) {
    for (const char* blank : {"", " ", "\t\r\n  "}) {
      const std::string around = blank;
      const std::string text = around + "{" + around + "\"x\"" + around + ":" + around +
                               std::string(value) + around + "}" + around;
      EXPECT_EQ(status(text), JsonStatus::kOk) << text;
      ASSERT_NO_FATAL_FAILURE(compare_with_reference(text));
      // First, in the middle and last among others, and one level down.
      const std::string v(value);
      for (const std::string& among :
           {"{\"x\":" + v + ",\"y\":1}", "{\"y\":1,\"x\":" + v + "}",
            "{\"y\":1,\"x\":" + v + ",\"z\":\"\"}", "{\"x\":[" + v + "]}",
            "{\"x\":[1," + v + ",[]]}", "{\"x\":{\"y\":" + v + "}}"}) {
        EXPECT_EQ(status(among), JsonStatus::kOk) << among;
        ASSERT_NO_FATAL_FAILURE(compare_with_reference(among));
      }
    }
  }
}

TEST_F(JsonReaderTest, RefusesEveryInvalidValueAsAMember) {
  for (const std::string_view value : kInvalidValues) {
    const std::string v(value);
    for (const std::string& text :
         {"{\"x\":" + v + "}", "{\"x\":" + v + ",\"y\":1}", "{\"y\":1,\"x\":" + v + "}",
          "{\"x\":[" + v + "]}", "{\"x\":[" + v + ",1]}", "{\"x\":[1," + v + "]}",
          "{\"x\":{\"y\":" + v + "}}", "{\"x\":[[],{\"y\":[" + v + "]}]}"}) {
      // "" between brackets and "1,", "1 1" before more are someone else's mistake or none.
      if (parse_json(text)) continue;
      EXPECT_EQ(status(text), JsonStatus::kInvalid) << text;
    }
  }
}

TEST_F(JsonReaderTest, RefusesEveryInvalidTextAsADocument) {
  for (const std::string_view text : kInvalidValues) {
    EXPECT_EQ(status(text), JsonStatus::kInvalid) << text;
    EXPECT_EQ(status("{}" + std::string(text)) == JsonStatus::kOk, text.empty() || text == " ");
    EXPECT_EQ(status(std::string(text) + "{}") == JsonStatus::kOk, text.empty() || text == " ");
  }
  for (const std::string_view value : kValidValues) {
    if (value.front() != '{') {
      EXPECT_EQ(status(value), JsonStatus::kInvalid) << value;
    }
  }
}

TEST_F(JsonReaderTest, IsBoundedInDepthAndMembers) {
  const auto nested = [](size_t depth) {
    return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(status(nested(kJsonDepthMax)), JsonStatus::kOk);
  EXPECT_EQ(status(nested(kJsonDepthMax + 1)), JsonStatus::kInvalid);
  const auto members = [](size_t count) {
    std::string text = "{\"0\":0";
    for (size_t i = 1; i < count; ++i) text += ",\"" + std::to_string(i) + "\":0";
    return text + "}";
  };
  EXPECT_EQ(status(members(kMembersMax)), JsonStatus::kOk);
  ASSERT_NO_FATAL_FAILURE(compare_with_reference(members(kMembersMax)));
  EXPECT_EQ(status(members(kMembersMax + 1)), JsonStatus::kInvalid);
}

TEST_F(JsonReaderTest, ReadsTextsOfEveryLength) {
  // Every place of the last quote, and of the padding, relative to a kernel's blocks.
  for (size_t length = 0; length < 300; ++length) {
    const std::string text = "{\"a\":\"" + std::string(length, 'x') + "\",\"b\":\"\\n\"}";
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text));
    EXPECT_EQ(status(text.substr(0, text.size() - 1)), JsonStatus::kInvalid);
    EXPECT_EQ(status(std::string(length, ' ') + "{}"), JsonStatus::kOk);
    EXPECT_EQ(status("{}" + std::string(length, ' ')), JsonStatus::kOk);
    EXPECT_EQ(status(std::string(length, ' ')), JsonStatus::kInvalid);
    EXPECT_EQ(status(std::string(length, '"')), JsonStatus::kInvalid);
    EXPECT_EQ(status(std::string(length, '\\')), JsonStatus::kInvalid);
    EXPECT_EQ(status("{\"" + std::string(length, '\\')), JsonStatus::kInvalid);
  }
  std::string longest = "{\"a\":\"" + std::string(kTokenBytesMax - 8, 'x') + "\"}";
  ASSERT_EQ(longest.size(), kTokenBytesMax);
  EXPECT_EQ(status(longest), JsonStatus::kOk);
}

TEST_F(JsonReaderTest, ReadsRunsOfBackslashesAcrossBlocks) {
  for (size_t before = 0; before < 70; ++before) {
    for (size_t backslashes = 0; backslashes < 9; ++backslashes) {
      const std::string run = std::string(before, 'x') + std::string(backslashes, '\\');
      ASSERT_NO_FATAL_FAILURE(compare_with_reference("{\"a\":\"" + run + "\"}"));
      ASSERT_NO_FATAL_FAILURE(compare_with_reference("{\"" + run + "\":1}"));
      ASSERT_NO_FATAL_FAILURE(compare_with_reference("{\"a\":\"" + run + "\",\"b\":\"\"}"));
      ASSERT_NO_FATAL_FAILURE(compare_with_reference("{\"a\":[\"" + run + "\"],\"b\":1}"));
    }
  }
}

TEST_F(JsonReaderTest, AcceptsExactlyTheBytesOfUtf8) {
  // All pairs, and all triples and quadruples around the bounds of RFC 3629's table.
  std::string text = "{\"x\":\"....\"}";
  const auto check = [&](std::string_view bytes) {
    text.replace(6, 4, "....");
    text.replace(6, bytes.size(), bytes);
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text));
  };
  const auto byte = [](int value) { return static_cast<char>(value); };
  for (int a = 0x80; a < 0x100; ++a) {
    for (int b = 0; b < 0x100; ++b) {
      if (b == '"' || b == '\\') continue;
      ASSERT_NO_FATAL_FAILURE(check(std::string{byte(a), byte(b)}));
    }
  }
  constexpr int kEdges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  for (int a = 0xdf; a < 0x100; ++a) {
    for (const int b : kEdges) {
      for (const int c : kEdges) {
        ASSERT_NO_FATAL_FAILURE(check(std::string{byte(a), byte(b), byte(c)}));
        for (const int d : kEdges) {
          ASSERT_NO_FATAL_FAILURE(check(std::string{byte(a), byte(b), byte(c), byte(d)}));
        }
      }
    }
  }
}

// --- Shapes ---

TEST_F(JsonReaderTest, ReadsTheSameMembersWhateverItReadBefore) {
  // The reader remembers the shapes of texts. Texts of one shape with all kinds of values, in an
  // order that lets each be read after each.
  const std::string values[] = {"0",          "1",         "10",       "01",
                                "-1",         "1.5",       "1e3",      "true",
                                "null",       R"("")",     R"("a")",   "\"",
                                R"("a\"b")",  "[]",        "{}",       "",
                                R"("é")",     "\"\n\"",    "\"\"",     R"("a","b":1)",
                                "1 ",         " 1",        "1,",       "12345678901234567890",
                                R"("}")",     R"("x:")",   R"(["a"])", R"({"b":"c","d":["}"]})",
                                "0123456789", "1234567890"};
  const auto text_of = [&](size_t first, size_t second, size_t third) {
    return "{\"a\":" + values[first] + ",\"exp\":" + values[second] + ",\"c\":" + values[third] +
           "}";
  };
  std::mt19937 random(3);
  const auto pick = [&] { return random() % std::size(values); };
  for (int i = 0; i < kNumRandom; ++i) {
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text_of(pick(), pick(), pick())));
  }
}

TEST_F(JsonReaderTest, LeavesObjectsAsTheyAreUntilTheyAreReleased) {
  const std::string values[] = {"1750003600", "1750003601", R"("a")", R"("bcd")", R"("e\"f")",
                                "[]",         "null",       R"([1])", "{}"};
  struct Kept {
    std::string text;
    std::vector<char> room;
    JsonMembers members;
    JsonObject object;
  };
  std::mt19937 random(4);
  for (const bytes::JsonIndexKernel* kernel : bytes::available_json_kernels()) {
    JsonReader reader(*kernel, kKnownNames);
    for (int round = 0; round < 200; ++round) {
      reader.release_objects();
      std::vector<std::unique_ptr<Kept>> kept;
      for (int i = 0; i < 30; ++i) {
        std::string text = "{";
        for (size_t name = random() % 4; name < 4; ++name) {
          text += '"' + std::string(kKnownNames[name]) + (random() % 5 == 0 ? "1" : "") +
                  "\":" + values[random() % (random() % 3 == 0 ? std::size(values) : 4)] +
                  (name < 3 ? "," : "");
        }
        text += '}';
        kept.push_back(std::make_unique<Kept>());
        Kept& last = *kept.back();
        last.text = text;
        last.room.resize(json_room_bytes(text.size()));
        std::copy(text.begin(), text.end(), last.room.begin());
        ASSERT_EQ(reader.read(last.room.data(), text.size(), last.members, last.object),
                  JsonStatus::kOk)
            << text;
      }
      for (const auto& object : kept) {
        ASSERT_NO_FATAL_FAILURE(
            compare_members(object->object, *parse_json(object->text), object->text));
      }
    }
  }
}

TEST_F(JsonReaderTest, TellsShapesApartThatDifferInOneByte) {
  const std::string text = R"({"a":"x","exp":1750003600,"n":17,"a-name-of-some-length":["y"]})";
  ASSERT_NO_FATAL_FAILURE(compare_with_reference(text));
  for (size_t at = 0; at < text.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string other = text;
      other[at] = static_cast<char>(value);
      ASSERT_NO_FATAL_FAILURE(compare_with_reference(text));
      ASSERT_NO_FATAL_FAILURE(compare_with_reference(other));
    }
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text.substr(0, at)));
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text + text.substr(0, at)));
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(text + std::string(at, 'x')));
  }
}

TEST_F(JsonReaderTest, ReadsShapesOfEverySize) {
  // Up to, at and beyond what a shape can hold: members, lengths of names, blanks between.
  for (size_t num_members = 0; num_members < 36; num_members += 1 + num_members / 8) {
    for (size_t name_chars = 1; name_chars < 36; name_chars += 3) {
      for (size_t blanks = 0; blanks < 3; ++blanks) {
        for (const char* value : {"7", "\"v\"", "\"longer\"", "1750003600", "true", "-1e5", "\"é\"",
                                  R"(["v",{"w":"x"}])"}) {
          std::string text = "{";
          for (size_t i = 0; i < num_members; ++i) {
            text += (i > 0 ? "," : "") + std::string(blanks, ' ') + '"' + std::to_string(i) +
                    std::string(name_chars, 'n') + "\":" + std::string(blanks, ' ') + value;
          }
          ASSERT_NO_FATAL_FAILURE(compare_with_reference(text + "}"));
        }
      }
    }
  }
}

TEST_F(JsonReaderTest, LearnsFromWhatItReadsAndNotFromWhatItPeeksAt) {
  JsonReader reader(*bytes::available_json_kernels().back(), kKnownNames);
  std::vector<char> room(json_room_bytes(kTokenBytesMax));
  JsonMembers members;
  JsonObject object;
  const auto copy = [&](std::string_view text) {
    std::copy(text.begin(), text.end(), room.begin());
    return text.size();
  };
  const auto is_new = [&](std::string_view text) {
    bool has_lesson = true;
    EXPECT_EQ(reader.peek(room.data(), copy(text), members, object, has_lesson), JsonStatus::kOk);
    return has_lesson;
  };
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_new(R"({"alg":"HS256"})"));
  reader.read(room.data(), copy(R"({"alg":"HS256"})"), members, object);
  reader.release_objects();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_new(R"({"kid":"x"})"));
  EXPECT_FALSE(is_new(R"({"alg":"HS256"})"));
  EXPECT_FALSE(is_new(R"({"alg":"HS25\u0036"})")) << "nothing to learn from a text with escapes";
}

TEST_F(JsonReaderTest, KnowsOtherValuesAtOnceWhereItLooksForNoConstants) {
  for (const JsonConstants constants : {JsonConstants::kFind, JsonConstants::kNone}) {
    JsonReader reader(*bytes::available_json_kernels().back(), kKnownNames, constants);
    std::vector<char> room(json_room_bytes(kTokenBytesMax));
    JsonMembers members;
    JsonObject object;
    const auto copy = [&](std::string_view text) {
      std::copy(text.begin(), text.end(), room.begin());
      return text.size();
    };
    reader.read(room.data(), copy(R"({"alg":"HS256","n":1,"exp":1750003600})"), members, object);
    reader.release_objects();
    const std::string_view other = R"({"alg":"RS256","n":[2],"exp":1750003601})";
    bool is_new;
    EXPECT_EQ(reader.peek(room.data(), copy(other), members, object, is_new), JsonStatus::kOk);
    EXPECT_EQ(is_new, constants == JsonConstants::kFind);
    ASSERT_NO_FATAL_FAILURE(compare_members(object, *parse_json(other), other));
  }
}

// --- Random damage ---

constexpr std::string_view kSeeds[] = {
    R"({"iss":"https://issuer.example","sub":"alice","exp":1750003600})",
    R"({"sub":"bob","exp":1,"a":"","nbf":12345678901234567890})",
    R"({ "exp" : 1750003600 , "a" : "x" })",
    R"({"iss":"https://issuer.example","sub":"alice","aud":["a","b"],"exp":1750003600,"x":1.5e-3})",
    R"({"a":{"b":[1,2,{"c":"d"}]},"e":"\u00e9\ud83d\ude00\n","f":[[],{},[{}]],"g":null,"h":true})",
    "{ \"a\" :\t\"\\\\\\\"\" ,\r\n \"\\u0062\" : [ \"é€😀\" , false ] , \"\" : { } }",
    R"({"alg":"HS256","typ":"JWT","kid":"key-1","crit":["x"],"x":{"y":"z"}})"};
constexpr std::string_view kPieces =
    "{}[]:,\"\\\\/\"\"{}[],: \t\n019-+.eEtfnu truefalsenull\x7f\x80\xc3\xa9\xff";

std::string damaged(std::mt19937& random) {
  std::string text(kSeeds[random() % std::size(kSeeds)]);
  for (unsigned i = random() % 4; i > 0; --i) {
    const size_t at = random() % text.size();
    const size_t length = 1 + random() % 4;
    switch (random() % 4) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, 1, kPieces[random() % kPieces.size()]);
        break;
      case 2:
        text.insert(random() % text.size(), text.substr(at, 4 * length));
        break;
      default:
        text[at] = kPieces[random() % kPieces.size()];
    }
    if (text.empty()) text = "{}";
  }
  return text;
}

TEST_F(JsonReaderTest, AgreesWithTheReferenceOnDamagedTexts) {
  std::mt19937 random(1);
  for (int i = 0; i < kNumRandom; ++i) {
    ASSERT_NO_FATAL_FAILURE(compare_with_reference(damaged(random)));
  }
}

TEST_F(JsonReaderTest, AgreesWithSimdjsonOnDamagedTexts) {
  // Allowed differences: the DOM refuses numbers that it cannot represent, and knows no bound of
  // ours that these texts could meet.
  std::mt19937 random(2);
  simdjson::dom::parser parser;
  size_t num_valid = 0;
  for (int i = 0; i < kNumRandom; ++i) {
    const std::string text = damaged(random);
    simdjson::dom::element document;
    const auto error = parser.parse(text).get(document);
    const bool ours = status(text) != JsonStatus::kInvalid;
    if (error == simdjson::SUCCESS) {
      EXPECT_EQ(ours, document.is_object()) << text;
      num_valid += ours;
    } else if (ours) {
      EXPECT_EQ(error, simdjson::NUMBER_ERROR) << simdjson::error_message(error) << ": " << text;
    }
  }
  EXPECT_GT(num_valid, kNumRandom / 15u);
}

}  // namespace
}  // namespace simdjwt::jose
