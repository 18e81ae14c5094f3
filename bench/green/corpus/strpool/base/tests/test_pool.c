#include "strpool.h"

#include <assert.h>
#include <string.h>

int main(void)
{
    struct pool *p = pool_new();
    char a[] = "hello";
    const char *x = pool_intern(p, a);
    a[0] = 'j';
    assert(strcmp(x, "hello") == 0);
    assert(pool_intern(p, "hello") == x);
    assert(pool_intern(p, a) != x);
    assert(pool_size(p) == 2);
    pool_free(p);
    return 0;
}
