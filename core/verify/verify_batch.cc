// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <simdjwt/verifier.h>

#include <algorithm>

#include "verify/pipeline.h"
#include "verify/scratch.h"

namespace simdjwt {
namespace {

using internal::Findings;
using internal::kBatchStepTokens;
using internal::PendingToken;
using internal::Pipeline;

// The tokens of one step that came as far as their signature.
struct OpenTokens {
  std::array<uint8_t, kBatchStepTokens> indexes;  // pending[i] is token indexes[i] of the step
  size_t count = 0;
};

// Tokens that came from far away in memory are asked for while others are being opened.
constexpr size_t kPrefetchAhead = 2;
void prefetch(std::string_view token) noexcept {
  constexpr size_t kLineBytes = 64;
  const size_t num_bytes = std::min(token.size(), kTokenBytesMax);
  for (size_t i = 0; i < num_bytes; i += kLineBytes) __builtin_prefetch(token.data() + i);
}

OpenTokens open_all(const Pipeline& pipeline, std::span<const std::string_view> tokens,
                    std::span<VerifyResult> results) noexcept {
  OpenTokens open;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i + kPrefetchAhead < tokens.size()) prefetch(tokens[i + kPrefetchAhead]);
    const Verdict verdict = pipeline.open(tokens[i], pipeline.memory.pending[open.count]);
    if (verdict == Verdict::kValid) {
      open.indexes[open.count++] = static_cast<uint8_t>(i);
    } else {
      Pipeline::reject(Findings::only(verdict), results[i]);
    }
  }
  return open;
}

// Computes the tags of the first `count` pending tokens, each hash family side by side.
void compute_tags(internal::ScratchMemory& memory, size_t count) noexcept {
  size_t num_sha256 = 0;
  size_t num_sha512 = 0;
  for (size_t i = 0; i < count; ++i) {
    PendingToken& pending = memory.pending[i];
    if (pending.facts.alg == Algorithm::kHs256) {
      memory.sha256_jobs[num_sha256++] = internal::sha256_job(pending);
    } else {
      memory.sha512_jobs[num_sha512++] = internal::sha512_job(pending);
    }
  }
  const std::span sha256_jobs(memory.sha256_jobs);
  const std::span sha512_jobs(memory.sha512_jobs);
  bytes::hmac_batch<bytes::Sha256>(*memory.kernels.sha256, sha256_jobs.first(num_sha256));
  bytes::hmac_batch<bytes::Sha512>(*memory.kernels.sha512, sha512_jobs.first(num_sha512));
}

// Takes up to kBatchStepTokens tokens through the pipeline together.
void verify_step(const Pipeline& pipeline, std::span<const std::string_view> tokens,
                 std::span<VerifyResult> results) noexcept {
  const OpenTokens open = open_all(pipeline, tokens, results);
  compute_tags(pipeline.memory, open.count);
  for (size_t i = 0; i < open.count; ++i) {
    PendingToken& pending = pipeline.memory.pending[i];
    const Verdict verdict = pipeline.authenticate(pending);
    VerifyResult& result = results[open.indexes[i]];
    if (verdict == Verdict::kValid) {
      pipeline.accept(pending, result);
    } else {
      Pipeline::reject(Findings::only(verdict), result);
    }
  }
}

}  // namespace

void Verifier::verify_batch(std::span<const std::string_view> tokens,
                            std::span<VerifyResult> results, Scratch& scratch,
                            int64_t now) const noexcept {
  const Pipeline pipeline = this->pipeline(scratch, now);
  pipeline.memory.arena.reset();
  for (size_t begin = 0; begin < tokens.size(); begin += kBatchStepTokens) {
    const size_t count = std::min(kBatchStepTokens, tokens.size() - begin);
    verify_step(pipeline, tokens.subspan(begin, count), results.subspan(begin, count));
  }
}

}  // namespace simdjwt
