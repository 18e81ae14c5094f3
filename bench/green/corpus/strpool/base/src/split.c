#include "strpool.h"

#include <stdlib.h>
#include <string.h>

char **split(const char *s, char sep)
{
    size_t count = 1;
    for (const char *c = s; *c; c++)
        if (*c == sep)
            count++;
    char **out = calloc(count + 1, sizeof *out);
    if (!out)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *end = strchr(s, sep);
        size_t len = end && i + 1 < count ? (size_t)(end - s) : strlen(s);
        out[i] = malloc(len + 1);
        if (!out[i]) {
            split_free(out);
            return NULL;
        }
        memcpy(out[i], s, len);
        out[i][len] = 0;
        s += len + 1;
    }
    return out;
}

void split_free(char **parts)
{
    for (char **p = parts; *p; p++)
        free(*p);
    free(parts);
}
