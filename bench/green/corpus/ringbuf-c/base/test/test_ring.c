#include <string.h>
#include "check.h"
#include "ring.h"

static void wraps_around(void)
{
    uint8_t mem[5], out[5];
    ring r;
    ring_init(&r, mem, sizeof mem);
    assert(ring_put(&r, (const uint8_t *)"abc", 3) == 3);
    assert(ring_get(&r, out, 2) == 2);
    assert(ring_put(&r, (const uint8_t *)"defg", 4) == 3);
    assert(ring_get(&r, out, 5) == 4);
    assert(memcmp(out, "cdef", 4) == 0);
}

static void empty_gives_nothing(void)
{
    uint8_t mem[4], out[1];
    ring r;
    ring_init(&r, mem, sizeof mem);
    assert(ring_get(&r, out, 1) == 0);
    assert(ring_free(&r) == 3);
}

int main(void)
{
    RUN(wraps_around);
    RUN(empty_gives_nothing);
    return 0;
}
