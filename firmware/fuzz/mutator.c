/* Where libFuzzer is not: a target's seeds, changed here and there from a fixed start, so that a failure comes again.
 *
 *     TARGET SECONDS       runs so long; the number of inputs goes to stdout
 *     TARGET write FOLDER  writes the seeds as files, a corpus for libFuzzer to begin with */
#include <string.h>
#include <time.h>

#include "fuzz.h"

#define SEEDS 64u
#define CHANGES 8u

struct seed {
    size_t size;
    uint8_t bytes[FUZZ_ROOM];
};

static uint32_t chance(uint32_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

static unsigned read_seeds(struct seed *seeds) {
    unsigned count = 0;
    while (count < SEEDS && (seeds[count].size = fuzz_seed(count, seeds[count].bytes)) > 0) {
        count++;
    }
    return count;
}

static void change(struct seed *input, const struct seed *other, uint32_t *state) {
    static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe};
    const size_t at = chance(state, (uint32_t)input->size);
    switch (chance(state, 6)) {
    case 0:
        input->bytes[at] ^= (uint8_t)(1u << chance(state, 8));
        break;
    case 1:
        input->bytes[at] = (uint8_t)chance(state, 256);
        break;
    case 2:
        input->bytes[at] = edges[chance(state, sizeof edges)];
        break;
    case 3: /* cut off */
        input->size = at + 1;
        break;
    case 4: /* taken out */
        memmove(input->bytes + at, input->bytes + at + 1, input->size - at - 1);
        input->size -= input->size > 1;
        break;
    default: { /* the rest is that of another seed */
        const size_t some = at < other->size ? other->size - at : 0;
        memcpy(input->bytes + at, other->bytes + at, some);
        input->size = some > 0 ? at + some : input->size;
    }
    }
}

/* A copy of just its size, so that the address sanitizer sees a read beyond its end. */
static void give(const struct seed *input) {
    uint8_t *bytes = malloc(input->size);
    MUST(bytes != NULL);
    memcpy(bytes, input->bytes, input->size);
    (void)LLVMFuzzerTestOneInput(bytes, input->size);
    free(bytes);
}

static int write_seeds(const struct seed *seeds, unsigned count, const char *folder) {
    for (unsigned i = 0; i < count; i++) {
        char name[1024];
        (void)snprintf(name, sizeof name, "%s/seed-%u", folder, i);
        FILE *file = fopen(name, "wb");
        if (file == NULL || fwrite(seeds[i].bytes, 1, seeds[i].size, file) != seeds[i].size || fclose(file) != 0) {
            perror(name);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    static struct seed seeds[SEEDS], input;
    const unsigned count = read_seeds(seeds);
    MUST(count > 0);
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        return write_seeds(seeds, count, argv[2]);
    }
    const time_t until = time(NULL) + (argc > 1 ? atoi(argv[1]) : 3);
    uint32_t state = 1;
    unsigned long inputs = 0;
    for (unsigned i = 0; i < count; i++) {
        give(&seeds[i]);
    }
    for (; inputs % 16 != 0 || time(NULL) < until; inputs++) {
        input = seeds[chance(&state, count)];
        for (uint32_t changes = chance(&state, CHANGES); changes > 0; changes--) {
            change(&input, &seeds[chance(&state, count)], &state);
        }
        give(&input);
    }
    printf("%lu inputs\n", inputs + count);
    return 0;
}
