#include "frame.h"

int frame_write(ring *r, const uint8_t *data, uint8_t n)
{
    if (ring_free(r) < (size_t)n + 1)
        return -1;
    ring_put(r, &n, 1);
    ring_put(r, data, n);
    return n;
}

int frame_read(ring *r, uint8_t *data, size_t cap)
{
    if (ring_used(r) == 0)
        return -1;
    uint8_t n = r->buf[r->tail];
    if (ring_used(r) < (size_t)n + 1)
        return -1;
    (void)cap;
    ring_get(r, &n, 1);
    return (int)ring_get(r, data, n);
}
