/* A test is a function; CHECK counts and tells what does not hold, and the program fails at its end. */
#ifndef RS_TEST_CHECK_H
#define RS_TEST_CHECK_H

#include <stdio.h>

static unsigned checks_failed;

#define CHECK(claim)                                                                                         \
    do {                                                                                                     \
        if (!(claim)) {                                                                                      \
            checks_failed++;                                                                                 \
            printf("%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__, #claim);                         \
        }                                                                                                    \
    } while (0)

#endif
