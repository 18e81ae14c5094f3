#include "strpool.h"

#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char text[];
};

struct pool {
    struct node *first;
    size_t size;
};

struct pool *pool_new(void)
{
    return calloc(1, sizeof(struct pool));
}

const char *pool_intern(struct pool *p, const char *s)
{
    for (struct node *n = p->first; n; n = n->next)
        if (strcmp(n->text, s) == 0)
            return n->text;
    size_t len = strlen(s) + 1;
    struct node *n = malloc(sizeof *n + len);
    if (!n)
        return NULL;
    memcpy(n->text, s, len);
    n->next = p->first;
    p->first = n;
    p->size++;
    return n->text;
}

size_t pool_size(const struct pool *p)
{
    return p->size;
}

void pool_free(struct pool *p)
{
    while (p->first) {
        struct node *n = p->first;
        p->first = n->next;
        free(n);
    }
    free(p);
}
