/*
 * A complete day of trade, from capture to close: an outage, a lost parcel, a late supplier, a
 * rush, a recount, returns; every queue, approval and report shown.
 *
 *     cc -std=c99 day_of_trade.c -I../../include -lstockbook -o day_of_trade
 *     ./day_of_trade ../day_of_trade.jsonl
 *
 * The script has a heading, a command or a question a line. Printed are the headings, what the
 * book refuses, and its answer to every question.
 */
#include "stockbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program when a call failed. */
static void must(stockbook_status status) {
    stockbook_bytes fault;
    if (status == STOCKBOOK_STATUS_OK) {
        return;
    }
    fprintf(stderr, "%s", stockbook_status_text((int32_t)status));
    if (stockbook_last_fault(&fault) == STOCKBOOK_STATUS_OK) {
        fprintf(stderr, ": %s", fault.data);
        stockbook_bytes_free(&fault);
    }
    fprintf(stderr, "\n");
    exit(EXIT_FAILURE);
}

/* Says a line of the script, and prints what a person wants to see of the answer. */
static void say(uint64_t book, const char *line, size_t length) {
    stockbook_bytes answer;
    int question = strncmp(line, "{\"ask\"", 6) == 0;
    stockbook_status status = question ? stockbook_ask(book, line, length, &answer)
                                       : stockbook_execute(book, line, length, &answer);
    if (status != STOCKBOOK_STATUS_REJECTED) {
        must(status);
    }
    if (question || status == STOCKBOOK_STATUS_REJECTED) {
        printf("  %s\n", answer.data);
    }
    stockbook_bytes_free(&answer);
}

int main(int count, char **arguments) {
    const char *path = count > 1 ? arguments[1] : "examples/day_of_trade.jsonl";
    char line[4096];
    uint64_t book;
    FILE *script = fopen(path, "r");
    if (script == NULL) {
        fprintf(stderr, "cannot open %s\n", path);
        return EXIT_FAILURE;
    }
    must(stockbook_open(&book));
    while (fgets(line, sizeof line, script) != NULL) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "# ", 2) == 0) {
            printf("%.*s\n", (int)(length - 2), line + 2);
        } else {
            line[length] = '\0';
            say(book, line, length);
        }
    }
    fclose(script);
    must(stockbook_close(book));
    return EXIT_SUCCESS;
}
