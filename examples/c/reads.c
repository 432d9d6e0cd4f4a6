/*
 * Reads that never wait: readers ask what is available at two nodes while a writer moves units
 * from one to the other. What they read together is of one commit, so the sum never changes.
 *
 *     cc -std=c99 reads.c -I../../include -lstockbook -pthread -o reads && ./reads
 *     reads [moves of the writer]
 */
#define _POSIX_C_SOURCE 200112L /* for clock_gettime */
#include "stockbook.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READERS = 2, UNITS = 1000 };

static uint64_t book;
static volatile int over;

/* Ends the program when a call failed. */
static void must(stockbook_status status) {
    if (status != STOCKBOOK_STATUS_OK) {
        fprintf(stderr, "%s\n", stockbook_status_text((int32_t)status));
        exit(EXIT_FAILURE);
    }
}

/* Says a request in JSON, written with ' for ". */
static void tell(const char *request) {
    char json[1024];
    stockbook_bytes answer;
    stockbook_status status;
    size_t i, length = strlen(request);
    if (length >= sizeof json) {
        exit(EXIT_FAILURE);
    }
    for (i = 0; i <= length; i++) {
        json[i] = request[i] == '\'' ? '"' : request[i];
    }
    /* A reader may be inside the book just now, to open. */
    do {
        status = stockbook_execute(book, json, length, &answer);
    } while (status == STOCKBOOK_STATUS_BUSY);
    if (status != STOCKBOOK_STATUS_OK) {
        fprintf(stderr, "%s\n", status == STOCKBOOK_STATUS_REJECTED ? answer.data : "failed");
        exit(EXIT_FAILURE);
    }
    stockbook_bytes_free(&answer);
}

static const char AT[] = "'at':'2026-01-05T09:00:00Z'";

/* One unit goes from one node to the other, as one chain and so as one commit. */
static void move(long number, const char *from, const char *to) {
    char request[1024];
    snprintf(request, sizeof request,
             "{'chain':[{'id':'out-%ld',%s,'command':{'adjust_stock':{'adjustment':'o%ld',"
             "'node':'%s','reason':'count','lines':[{'sku':'TEE','qty':-1}]}}},"
             "{'id':'in-%ld',%s,'command':{'adjust_stock':{'adjustment':'i%ld','node':'%s',"
             "'reason':'count','lines':[{'sku':'TEE','qty':1,'unit_cost':'1.00'}]}}}]}",
             number, AT, number, from, number, AT, number, to);
    tell(request);
}

struct worker {
    pthread_t thread;
    long reads;
    uint64_t commits;
};

static void *read_on(void *argument) {
    struct worker *worker = argument;
    const uint32_t sku[2] = {0, 0}, node[2] = {0, 1};
    int64_t available[2];
    uint64_t reader, commit, last = 0;
    stockbook_status status;
    /* The writer may be inside the book just now. */
    do {
        status = stockbook_reader_open(book, &reader);
    } while (status == STOCKBOOK_STATUS_BUSY);
    must(status);
    while (!over || worker->reads == 0) {
        must(stockbook_reader_read(reader, sku, node, 2, available, &commit));
        if (available[0] + available[1] != UNITS || commit < last) {
            fprintf(stderr, "%" PRId64 " and %" PRId64 " at commit %" PRIu64 "\n", available[0],
                    available[1], commit);
            exit(EXIT_FAILURE);
        }
        worker->commits += commit > last;
        last = commit;
        worker->reads++;
    }
    must(stockbook_reader_close(reader));
    return NULL;
}

int main(int argc, char **argv) {
    struct worker workers[READERS];
    long moves = argc > 1 ? atol(argv[1]) : 20000, number, reads = 0;
    struct timespec begin, end;
    double seconds;
    int i;
    must(stockbook_open(&book));
    tell("{'id':'1','at':'2026-01-05T09:00:00Z','command':{'define_sku':{'sku':'TEE',"
         "'price':'19.99'}}}");
    tell("{'id':'2','at':'2026-01-05T09:00:00Z','command':{'define_node':{'node':'RENO',"
         "'kind':'warehouse','place':{'lat':'39.53','lon':'-119.81'}}}}");
    tell("{'id':'3','at':'2026-01-05T09:00:00Z','command':{'define_node':{'node':'ALLEN',"
         "'kind':'warehouse','place':{'lat':'40.60','lon':'-75.47'}}}}");
    tell("{'id':'4','at':'2026-01-05T09:00:00Z','command':{'define_reason':{'reason':'count'}}}");
    tell("{'id':'5','at':'2026-01-05T09:00:00Z','command':{'receive_goods':{'receipt':'R',"
         "'node':'RENO','lines':[{'sku':'TEE','qty':1000,'unit_cost':'1.00'}]}}}");
    memset(workers, 0, sizeof workers);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (i = 0; i < READERS; i++) {
        if (pthread_create(&workers[i].thread, NULL, read_on, &workers[i]) != 0) {
            return EXIT_FAILURE;
        }
    }
    for (number = 0; number < moves; number++) {
        int there = number % 1600 < 800;
        move(number, there ? "RENO" : "ALLEN", there ? "ALLEN" : "RENO");
    }
    over = 1;
    for (i = 0; i < READERS; i++) {
        pthread_join(workers[i].thread, NULL);
        reads += workers[i].reads;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("moves=%ld reads=%ld reads_per_s=%.0f\n", moves, reads, (double)reads / seconds);
    must(stockbook_close(book));
    return EXIT_SUCCESS;
}
