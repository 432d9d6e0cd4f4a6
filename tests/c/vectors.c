/*
 * Runs a golden vector: `vectors case.in.jsonl` says each line to one book, prints each answer as a
 * line, and at the end the state hash.
 */
#include "stockbook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

/* The whole file, with a zero byte behind it. */
static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    size_t room = 65536, read;
    char *text = malloc(room + 1);
    if (file == NULL || text == NULL) {
        fail("cannot open the vector");
    }
    *length = 0;
    while ((read = fread(text + *length, 1, room - *length, file)) > 0) {
        *length += read;
        if (*length == room) {
            room *= 2;
            text = realloc(text, room + 1);
            if (text == NULL) {
                fail("no memory");
            }
        }
    }
    fclose(file);
    text[*length] = '\0';
    return text;
}

int main(int argc, char **argv) {
    uint64_t book, hash;
    stockbook_bytes answer;
    size_t length;
    char *text, *line, *end;
    if (argc != 2) {
        fail("usage: vectors case.in.jsonl");
    }
    text = read_file(argv[1], &length);
    if (stockbook_open(&book) != STOCKBOOK_STATUS_OK) {
        fail("cannot open a book");
    }
    for (line = text; line < text + length; line = end + 1) {
        stockbook_status status;
        end = memchr(line, '\n', (size_t)(text + length - line));
        if (end == NULL) {
            end = text + length;
        }
        status = stockbook_execute(book, line, (size_t)(end - line), &answer);
        if (status != STOCKBOOK_STATUS_OK && status != STOCKBOOK_STATUS_REJECTED) {
            fail(stockbook_status_text((int32_t)status));
        }
        if ((status == STOCKBOOK_STATUS_REJECTED) != (strncmp(answer.data, "{\"rej", 5) == 0)) {
            fail("status and answer disagree");
        }
        fwrite(answer.data, 1, answer.len, stdout);
        putchar('\n');
        stockbook_bytes_free(&answer);
    }
    if (stockbook_verify(book) != STOCKBOOK_STATUS_OK) {
        fail("the book is unsound");
    }
    if (stockbook_state_hash(book, &hash) != STOCKBOOK_STATUS_OK) {
        fail("no hash");
    }
    printf("{\"state_hash\":\"%016" PRIx64 "\"}\n", hash);
    stockbook_close(book);
    free(text);
    return EXIT_SUCCESS;
}
