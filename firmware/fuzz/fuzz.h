/* A target takes any bytes. libFuzzer makes them where clang is, mutator.c elsewhere; what must hold is a MUST. */
#ifndef RS_FUZZ_H
#define RS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_ROOM 4096u /* bytes of an input, at most */

#define MUST(claim)                                                                     \
    do {                                                                                \
        if (!(claim)) {                                                                 \
            fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__, #claim); \
            abort();                                                                    \
        }                                                                               \
    } while (0)

/* The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* Writes the input of this number that leads far into the target; its bytes, 0 where there are no more. */
size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]);

/* Reads an input from its front; zeros beyond its end. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t left;
};

static inline uint8_t fuzz_byte(struct fuzz_input *input) {
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->bytes++;
}

static inline uint32_t fuzz_u32(struct fuzz_input *input) {
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++) {
        value |= (uint32_t)fuzz_byte(input) << 8 * i;
    }
    return value;
}

#endif
