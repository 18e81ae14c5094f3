// Variables for the processes that stay: what they free returns to the machine. By default, glibc keeps what it was once asked
// for: the compiler of V8 and the planner of PostgreSQL ask for 10 to 20 MB, for a moment. Other allocators ignore them.

/** Blocks from this size on are taken from the machine one by one, and free memory at the end of the heap is returned. */
const bytesMin = String(128 * 1024);

export const allocatorVariables: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: bytesMin,
  MALLOC_TRIM_THRESHOLD_: bytesMin,
  // Each thread would get a heap of its own.
  MALLOC_ARENA_MAX: '2',
};
