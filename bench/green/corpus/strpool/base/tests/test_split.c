#include "strpool.h"

#include <assert.h>
#include <string.h>

static void check(const char *s, const char **want)
{
    char **got = split(s, ',');
    size_t i = 0;
    for (; want[i]; i++)
        assert(got[i] && strcmp(got[i], want[i]) == 0);
    assert(!got[i]);
    split_free(got);
}

int main(void)
{
    check("a,bc,d", (const char *[]){"a", "bc", "d", NULL});
    check("", (const char *[]){"", NULL});
    check(",", (const char *[]){"", "", NULL});
    return 0;
}
