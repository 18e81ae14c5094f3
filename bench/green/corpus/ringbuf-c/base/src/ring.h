#ifndef RING_H
#define RING_H
#include <stddef.h>
#include <stdint.h>

/* Byte ring of fixed size; one slot stays free. */
typedef struct {
    uint8_t *buf;
    size_t size, head, tail;
} ring;

void ring_init(ring *r, uint8_t *buf, size_t size);
size_t ring_used(const ring *r);
size_t ring_free(const ring *r);
/* Returns the number of bytes taken or given. */
size_t ring_put(ring *r, const uint8_t *data, size_t n);
size_t ring_get(ring *r, uint8_t *data, size_t n);
#endif
