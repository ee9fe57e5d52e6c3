// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Subject: something that judges the tokens of a corpus.

#ifndef SIMDJWT_BENCH_SUBJECT_H_
#define SIMDJWT_BENCH_SUBJECT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "corpus.h"

namespace simdjwt::bench {

class Subject {
 public:
  explicit Subject(const Corpus& corpus) : corpus_(corpus) {}
  virtual ~Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // What differs from the reference, or nothing.
  virtual std::string gate() = 0;
  // One pass over the corpus, the work that is timed. Returns how many answers were as deserved.
  virtual size_t pass() = 0;

  const Corpus& corpus() const { return corpus_; }

 private:
  const Corpus& corpus_;
};

using MakeSubject = std::function<std::unique_ptr<Subject>()>;

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_SUBJECT_H_
