// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Strict base64url decoding and the search for a token's dots, kernel by kernel. The peers do less:
// Abseil accepts padding, whitespace and stray bits; OpenSSL's block decoder knows the other
// alphabet only, so its texts are translated and padded beforehand. One iteration is one text; the
// texts of a benchmark differ, so that no branch predictor learns their bytes.

#include <absl/strings/escaping.h>
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <simdjwt/base64url.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/base64url.h"
#include "runner.h"

namespace simdjwt::bench {
namespace {

using bytes::Base64urlKernel;

constexpr size_t kNumTexts = 64;  // a power of two, so that choosing one costs nothing
constexpr size_t kTextCharsMax = 4000;

// 43, 64 and 86: the signatures of HS256, HS384 and HS512. 256 and 300: claims.
constexpr size_t kTextChars[] = {43, 64, 86, 256, 300, 1000, kTextCharsMax};

using Texts = std::vector<std::string>;

Texts random_texts(size_t num_chars) {
  std::mt19937_64 random(num_chars);
  Texts texts(kNumTexts);
  for (std::string& text : texts) {
    std::string data(bytes::base64url_decoded_bytes(num_chars), '\0');
    for (char& byte : data) byte = static_cast<char>(random());
    text = base64url_encode(data);
  }
  return texts;
}

// Tokens whose dots stand as in real ones: behind a header of 36 to 75 characters, before a
// signature of 43. Between them `num_chars` in all, less up to `spread`.
Texts random_tokens(size_t num_chars, size_t spread) {
  std::mt19937_64 random(num_chars);
  Texts tokens = random_texts(num_chars);
  for (std::string& token : tokens) {
    token.resize(num_chars - random() % (spread + 1));
    token[spread == 0 ? 48 : 36 + random() % 40] = '.';
    token[token.size() - 44] = '.';
  }
  return tokens;
}

const Base64urlKernel& scalar() { return *bytes::available_base64url_kernels().front(); }

// The contenders. `text_for` is the text in the contender's alphabet, `bytes` what it decoded last.
class Kernel {
 public:
  explicit Kernel(const Base64urlKernel& kernel) : kernel_(kernel) {}
  static std::string text_for(std::string text) { return text; }
  bool decode(const std::string& text) {
    num_chars_ = text.size();
    return kernel_.decode(bytes_, text);
  }
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_), bytes::base64url_decoded_bytes(num_chars_)};
  }

 private:
  const Base64urlKernel& kernel_;
  size_t num_chars_ = 0;
  uint8_t bytes_[kTextCharsMax + bytes::kBase64urlDecodeSlackBytes];
};

class Abseil {
 public:
  static std::string text_for(std::string text) { return text; }
  bool decode(const std::string& text) { return absl::WebSafeBase64Unescape(text, &bytes_); }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class OpenSsl {
 public:
  static std::string text_for(std::string text) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.resize((text.size() + 3) / 4 * 4, '=');
    return text;
  }
  bool decode(const std::string& text) {
    num_padding_ = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    num_bytes_ = EVP_DecodeBlock(bytes_, reinterpret_cast<const unsigned char*>(text.data()),
                                 static_cast<int>(text.size()));
    return num_bytes_ >= 0;
  }
  // OpenSSL counts the bytes of the padding too.
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_), static_cast<size_t>(num_bytes_) - num_padding_};
  }

 private:
  int num_bytes_ = 0;
  size_t num_padding_ = 0;
  unsigned char bytes_[kTextCharsMax];
};

template <class Contender>
bool answers_like_scalar(Contender& contender, const Texts& texts) {
  Kernel reference(scalar());
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!reference.decode(texts[i])) return false;
    const std::string text = Contender::text_for(texts[i]);
    if (!contender.decode(text) || contender.bytes() != reference.bytes()) return false;
    std::string wrong = text;
    wrong[i % texts[i].size()] = '!';
    if (contender.decode(wrong)) return false;
  }
  return true;
}

template <class Contender>
void time_decode(benchmark::State& state, Contender contender, size_t num_chars) {
  Texts texts = random_texts(num_chars);
  if (!answers_like_scalar(contender, texts)) {
    return refuse(state, "does not decode like base64url/scalar");
  }
  for (std::string& text : texts) text = Contender::text_for(text);
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(contender.decode(texts[i++ % kNumTexts]));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(num_chars));
}

void time_find_dots(benchmark::State& state, const Base64urlKernel& kernel, size_t num_chars,
                    size_t spread) {
  const Texts tokens = random_tokens(num_chars, spread);
  for (const std::string& token : tokens) {
    uint32_t offsets[4] = {};
    uint32_t expected[4] = {};
    if (kernel.find_dots(offsets, token) != scalar().find_dots(expected, token) ||
        !std::equal(offsets, offsets + 4, expected)) {
      return refuse(state, "does not find the dots like base64url/scalar");
    }
  }
  size_t i = 0;
  uint32_t offsets[4];
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel.find_dots(offsets, tokens[i++ % kNumTexts]));
    benchmark::ClobberMemory();
  }
}

void register_all() {
  using benchmark::RegisterBenchmark;
  const auto kernels = bytes::available_base64url_kernels();
  const auto name_of = [](std::string name, std::string_view variant, size_t num_chars) {
    name.append("/").append(variant).append("/").append(std::to_string(num_chars));
    return name;
  };
  const auto variant_of = [](const Base64urlKernel& kernel) {
    return kernel.name.substr(kernel.name.find('/') + 1);
  };
  for (const size_t num_chars : kTextChars) {
    for (const Base64urlKernel* kernel : kernels) {
      RegisterBenchmark(name_of("base64url_decode", variant_of(*kernel), num_chars).c_str(),
                        time_decode<Kernel>, Kernel(*kernel), num_chars);
    }
    RegisterBenchmark(name_of("base64url_decode", "abseil", num_chars).c_str(), time_decode<Abseil>,
                      Abseil(), num_chars);
    RegisterBenchmark(name_of("base64url_decode", "openssl", num_chars).c_str(),
                      time_decode<OpenSsl>, OpenSsl(), num_chars);
  }
  for (const Base64urlKernel* kernel : kernels) {
    const std::string name = name_of("find_dots", variant_of(*kernel), 350);
    RegisterBenchmark(name.c_str(), time_find_dots, *kernel, 350, 0);
    RegisterBenchmark((name + "/varied").c_str(), time_find_dots, *kernel, 350, 120);
  }
}

}  // namespace
}  // namespace simdjwt::bench

int main(int argc, char** argv) {
  simdjwt::bench::register_all();
  return simdjwt::bench::run_benchmarks(argc, argv);
}
