// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The claim "status" of a token: whatever it is, nothing beyond it is read; a blank before it makes
// no difference; and of JSON, what is read is what another parser reads.

#include <simdjson.h>

#include <string>

#include "fuzz/require.h"
#include "status/status_reference.h"

namespace status = simdjwt::status;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ExactInput input(data, size);
  status::UriRoom room;
  const auto reference = status::read_status_reference(input.text(), room);

  const std::string behind_blank = ' ' + std::string(input.text());
  status::UriRoom other_room;
  const auto again = status::read_status_reference(behind_blank, other_room);
  require(reference.has_value() == again.has_value());
  if (!reference) return 0;
  require(reference->uri.size() <= status::kUriBytesMax);
  require(reference->index == again->index && reference->uri == again->uri);

  simdjson::dom::parser parser;
  simdjson::dom::element list;
  if (parser.parse(input.text().data(), input.text().size())["status_list"].get(list)) return 0;
  require(list["idx"].get_uint64().value() == reference->index);
  require(list["uri"].get_string().value() == reference->uri);
  return 0;
}
