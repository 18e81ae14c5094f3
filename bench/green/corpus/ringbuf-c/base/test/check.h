#ifndef CHECK_H
#define CHECK_H
#include <assert.h>
#include <stdio.h>

#define RUN(test) do { test(); printf("ok %s\n", #test); } while (0)
#endif
