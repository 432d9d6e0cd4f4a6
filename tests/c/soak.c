/*
 * Opens, uses and closes books over and over: what is resident must not grow. (Few cycles are for
 * tools that count leaks themselves and grow while they do.)
 *
 *     soak [cycles]
 */
#include "stockbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char REQUEST[] = "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\","
                              "\"command\":{\"define_sku\":{\"sku\":\"TEE\"}}}";

/* Kilobytes resident; 0 where the system does not tell. */
static long resident_kb(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%ld %ld", &pages, &resident) != 2) {
            resident = 0;
        }
        fclose(file);
    }
    return resident * 4;
}

static void cycle(void) {
    uint64_t book, restored;
    stockbook_bytes answer, snapshot;
    int good = stockbook_open(&book) == STOCKBOOK_STATUS_OK &&
               stockbook_execute(book, REQUEST, strlen(REQUEST), &answer) == STOCKBOOK_STATUS_OK &&
               stockbook_bytes_free(&answer) == STOCKBOOK_STATUS_OK &&
               stockbook_snapshot(book, &snapshot) == STOCKBOOK_STATUS_OK &&
               stockbook_restore(snapshot.data, snapshot.len, &restored) == STOCKBOOK_STATUS_OK &&
               stockbook_bytes_free(&snapshot) == STOCKBOOK_STATUS_OK &&
               stockbook_close(restored) == STOCKBOOK_STATUS_OK &&
               stockbook_execute(book, "", 0, &answer) == STOCKBOOK_STATUS_REJECTED &&
               stockbook_bytes_free(&answer) == STOCKBOOK_STATUS_OK &&
               stockbook_close(book) == STOCKBOOK_STATUS_OK &&
               stockbook_close(book) == STOCKBOOK_STATUS_CLOSED;
    if (!good) {
        fprintf(stderr, "a cycle went wrong\n");
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv) {
    long cycles = argc > 1 ? atol(argv[1]) : 100000, i, before, after;
    for (i = 0; i < cycles / 10 + 1; i++) {
        cycle();
    }
    before = resident_kb();
    for (i = 0; i < cycles; i++) {
        cycle();
    }
    after = resident_kb();
    printf("%ld cycles, %ld KB before, %ld KB after\n", cycles, before, after);
    return cycles < 1000 || after - before <= 1024 ? EXIT_SUCCESS : EXIT_FAILURE;
}
