// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Points in time and spans of time, for people. Seconds since 1970 throughout.

#ifndef SIMDJWT_IO_WORDS_TIMES_H_
#define SIMDJWT_IO_WORDS_TIMES_H_

#include <cstdint>
#include <string>

namespace simdjwt::words {

// "2026-11-23 10:00:00 UTC"
std::string utc(int64_t time);

// "59 min 3 s", "1 h 0 min", "12 d 4 h", "about 3.5 years": the two largest units.
std::string span_of_time(int64_t seconds);

// "2026-11-23 09:00:00 UTC, 1 h 0 min ago"
std::string utc_and_distance(int64_t time, int64_t now);

}  // namespace simdjwt::words

#endif  // SIMDJWT_IO_WORDS_TIMES_H_
