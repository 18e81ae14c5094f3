#ifndef FRAME_H
#define FRAME_H
#include "ring.h"

/* A frame is a length byte and that many bytes. */
int frame_write(ring *r, const uint8_t *data, uint8_t n);
/* Length of the frame read, or -1 when none is complete. */
int frame_read(ring *r, uint8_t *data, size_t cap);
#endif
