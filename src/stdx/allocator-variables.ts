// Variables for the processes that stay: what they free returns to the machine. By default, glibc keeps what it was once asked
// for: the compiler of V8 and the planner of PostgreSQL ask for 10 to 20 MB, for a moment. Other allocators ignore them.

const bytesOfKilobyte = 1024;
/** Free memory from this size on, at the end of the heap, is returned. */
const trimFrom = 128 * bytesOfKilobyte;

/** V8 takes the memory for a compilation in blocks of 32 kB. */
export const allocatorOfNode = variablesOf(32 * bytesOfKilobyte);
/** Its larger blocks are those of plans, which grow by doubling. */
export const allocatorOfPostgres = variablesOf(128 * bytesOfKilobyte);

/** @param aloneFrom blocks from this size on are taken from the machine one by one, and so returned at once */
function variablesOf(aloneFrom: number) {
  return {
    MALLOC_MMAP_THRESHOLD_: String(aloneFrom),
    MALLOC_TRIM_THRESHOLD_: String(trimFrom),
    // Each thread would get a heap of its own.
    MALLOC_ARENA_MAX: '2',
  };
}
