// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Bytes that end exactly at an unreadable page (or begin right behind one): a read outside them
// faults.

#ifndef SIMDJWT_TESTS_SUPPORT_GUARDED_BUFFER_H_
#define SIMDJWT_TESTS_SUPPORT_GUARDED_BUFFER_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace simdjwt::testing {

class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t num_bytes_max) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    inner_bytes_ = (num_bytes_max + page - 1) / page * page;
    if (inner_bytes_ == 0) inner_bytes_ = page;
    mapping_bytes_ = inner_bytes_ + 2 * page;
    void* mapping = mmap(nullptr, mapping_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) std::abort();
    mapping_ = static_cast<uint8_t*>(mapping);
    inner_ = mapping_ + page;
    if (mprotect(inner_, inner_bytes_, PROT_READ | PROT_WRITE) != 0) std::abort();
  }
  ~GuardedBuffer() { munmap(mapping_, mapping_bytes_); }
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  // A copy of `bytes` whose end touches the unreadable page. Valid until the next call.
  std::string_view at_end(std::string_view bytes) {
    uint8_t* begin = inner_ + inner_bytes_ - bytes.size();
    if (!bytes.empty()) std::memcpy(begin, bytes.data(), bytes.size());
    return {reinterpret_cast<const char*>(begin), bytes.size()};
  }

  // A copy of `bytes` right behind an unreadable page. Valid until the next call.
  std::string_view at_begin(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(inner_, bytes.data(), bytes.size());
    return {reinterpret_cast<const char*>(inner_), bytes.size()};
  }

  // Writable room of `num_bytes` whose end touches the unreadable page.
  uint8_t* room_at_end(size_t num_bytes) { return inner_ + inner_bytes_ - num_bytes; }

 private:
  uint8_t* mapping_;
  uint8_t* inner_;
  size_t inner_bytes_;
  size_t mapping_bytes_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_GUARDED_BUFFER_H_
