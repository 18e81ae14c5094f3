#ifndef STRPOOL_H
#define STRPOOL_H

#include <stddef.h>

/* Interned strings: equal strings give the same pointer. */
struct pool;

struct pool *pool_new(void);
const char *pool_intern(struct pool *p, const char *s);
size_t pool_size(const struct pool *p);
void pool_free(struct pool *p);

/* Splits at sep; returns a NULL terminated array, to be freed with split_free. */
char **split(const char *s, char sep);
void split_free(char **parts);

#endif
