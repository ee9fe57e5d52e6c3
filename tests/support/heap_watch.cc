// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/heap_watch.h"

#include <malloc.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "support/sanitizers.h"

namespace simdjwt::testing {
namespace {

thread_local constinit size_t allocations = 0;
thread_local constinit FreeWatcher free_watcher = nullptr;
thread_local constinit size_t allocations_max = SIZE_MAX;  // those beyond fail

void watch(const void* block, size_t num_bytes) {
  if (free_watcher != nullptr && block != nullptr) {
    free_watcher({static_cast<const char*>(block), num_bytes});
  }
}

// So that nobody who is watched frees what others left in the block before.
[[maybe_unused]] void* without_remains(void* block) {
  if (free_watcher != nullptr && block != nullptr) {
    std::memset(block, 0, malloc_usable_size(block));
  }
  return block;
}

}  // namespace

size_t num_allocations() noexcept { return allocations; }
void watch_frees(FreeWatcher watcher) noexcept { free_watcher = watcher; }

bool fail_allocations(bool fail, size_t but_for) noexcept {
  if (kSanitized) return false;
  allocations_max = fail ? allocations + but_for : SIZE_MAX;
  return true;
}

}  // namespace simdjwt::testing

#if SIMDJWT_SANITIZED

// The sanitizers have an allocator of their own, with hooks.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, size_t),
                                              void (*free_hook)(const volatile void*));
size_t __sanitizer_get_allocated_size(const volatile void* block);
}

namespace simdjwt::testing {
namespace {

[[maybe_unused]] const int kHooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, size_t) { ++allocations; },
    [](const volatile void* block) {
      watch(const_cast<const void*>(block), __sanitizer_get_allocated_size(block));
    });

}  // namespace
}  // namespace simdjwt::testing

#else

// In place of the C library's functions, which glibc also offers under these names. Libraries must
// see them, too.
#pragma GCC visibility push(default)
extern "C" {

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

using simdjwt::testing::allocations;
using simdjwt::testing::allocations_max;
using simdjwt::testing::without_remains;

void* malloc(size_t num_bytes) {
  return ++allocations > allocations_max ? nullptr : without_remains(__libc_malloc(num_bytes));
}
void* calloc(size_t count, size_t num_bytes) {
  return ++allocations > allocations_max ? nullptr : __libc_calloc(count, num_bytes);
}
void* realloc(void* block, size_t num_bytes) {
  simdjwt::testing::watch(block, malloc_usable_size(block));  // it may move
  return ++allocations > allocations_max ? nullptr : __libc_realloc(block, num_bytes);
}
void* memalign(size_t alignment, size_t num_bytes) {
  return ++allocations > allocations_max ? nullptr
                                         : without_remains(__libc_memalign(alignment, num_bytes));
}
void* aligned_alloc(size_t alignment, size_t num_bytes) { return memalign(alignment, num_bytes); }
int posix_memalign(void** block, size_t alignment, size_t num_bytes) {
  *block = memalign(alignment, num_bytes);
  return *block == nullptr ? ENOMEM : 0;
}
void free(void* block) {
  simdjwt::testing::watch(block, malloc_usable_size(block));
  __libc_free(block);
}

}  // extern "C"
#pragma GCC visibility pop

#endif
