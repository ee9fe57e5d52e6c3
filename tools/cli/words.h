// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What io has for people to read, for the command line's files to use as their own.

#ifndef SIMDJWT_TOOLS_CLI_WORDS_H_
#define SIMDJWT_TOOLS_CLI_WORDS_H_

#include "words/finding.h"
#include "words/json_members.h"
#include "words/text.h"
#include "words/times.h"

namespace simdjwt::cli {

using words::alternatives;
using words::find_member;
using words::Finding;
using words::format_json;
using words::json_members;
using words::json_string;
using words::JsonLayout;
using words::JsonMember;
using words::JsonObjectText;
using words::kShownBytesMax;
using words::printable;
using words::quote;
using words::shortened;
using words::span_of_time;
using words::utc;
using words::utc_and_distance;
using words::with_thousands;

}  // namespace simdjwt::cli

#endif  // SIMDJWT_TOOLS_CLI_WORDS_H_
