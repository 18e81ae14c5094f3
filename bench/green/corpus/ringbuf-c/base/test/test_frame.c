#include <string.h>
#include "check.h"
#include "frame.h"

static void round_trip(void)
{
    uint8_t mem[32], out[16];
    ring r;
    ring_init(&r, mem, sizeof mem);
    assert(frame_write(&r, (const uint8_t *)"hello", 5) == 5);
    assert(frame_write(&r, (const uint8_t *)"", 0) == 0);
    assert(frame_read(&r, out, sizeof out) == 5);
    assert(memcmp(out, "hello", 5) == 0);
    assert(frame_read(&r, out, sizeof out) == 0);
    assert(frame_read(&r, out, sizeof out) == -1);
}

static void does_not_fit(void)
{
    uint8_t mem[4];
    ring r;
    ring_init(&r, mem, sizeof mem);
    assert(frame_write(&r, (const uint8_t *)"abc", 3) == -1);
    assert(ring_used(&r) == 0);
}

int main(void)
{
    RUN(round_trip);
    RUN(does_not_fit);
    return 0;
}
