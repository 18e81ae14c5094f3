#include "ring.h"

void ring_init(ring *r, uint8_t *buf, size_t size)
{
    r->buf = buf;
    r->size = size;
    r->head = r->tail = 0;
}

size_t ring_used(const ring *r)
{
    return (r->head + r->size - r->tail) % r->size;
}

size_t ring_free(const ring *r)
{
    return r->size - 1 - ring_used(r);
}

size_t ring_put(ring *r, const uint8_t *data, size_t n)
{
    size_t done = 0;
    while (done < n && ring_free(r) > 0) {
        r->buf[r->head] = data[done++];
        r->head = (r->head + 1) % r->size;
    }
    return done;
}

size_t ring_get(ring *r, uint8_t *data, size_t n)
{
    size_t done = 0;
    while (done < n && ring_used(r) > 0) {
        data[done++] = r->buf[r->tail];
        r->tail = (r->tail + 1) % r->size;
    }
    return done;
}
