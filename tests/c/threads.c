/*
 * Threads on handles: two on one book get OK or BUSY, never anything else, and no work is lost; two
 * on books of their own never get BUSY; one that closes a book under another leaves it with CLOSED; 500
 * carts of sixteen threads get the 100 units that are there, and no more.
 *
 *     threads [rounds]
 */
#include "stockbook.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long rounds = 20000;

static void fail(const char *what, stockbook_status status) {
    fprintf(stderr, "%s: %s\n", what, stockbook_status_text((int32_t)status));
    exit(EXIT_FAILURE);
}

struct worker {
    pthread_t thread;
    uint64_t book;
    int number;
    long accepted;
    long busy;
    int book_may_close;
};

/* Says one thing; gives what came of it. */
static stockbook_status say(struct worker *worker, long round) {
    char request[160];
    stockbook_bytes answer;
    stockbook_status status;
    int length = snprintf(request, sizeof request,
                          "{\"id\":\"%d-%ld\",\"at\":\"2026-01-05T09:00:00Z\","
                          "\"command\":{\"define_reason\":{\"reason\":\"r%d\"}}}",
                          worker->number, round, worker->number);
    status = stockbook_execute(worker->book, request, (size_t)length, &answer);
    if (status == STOCKBOOK_STATUS_OK) {
        stockbook_bytes_free(&answer);
    }
    return status;
}

static void *work(void *argument) {
    struct worker *worker = argument;
    long round;
    for (round = 0; round < rounds; round++) {
        uint64_t seen;
        stockbook_status status = say(worker, round);
        if (status == STOCKBOOK_STATUS_CLOSED && worker->book_may_close) {
            break;
        }
        if (status == STOCKBOOK_STATUS_OK) {
            worker->accepted++;
        } else if (status == STOCKBOOK_STATUS_BUSY) {
            worker->busy++;
        } else {
            fail("execute", status);
        }
        status = stockbook_sequence(worker->book, &seen);
        if (status != STOCKBOOK_STATUS_OK && status != STOCKBOOK_STATUS_BUSY &&
            !(status == STOCKBOOK_STATUS_CLOSED && worker->book_may_close)) {
            fail("sequence", status);
        }
    }
    return NULL;
}

static uint64_t open_book(void) {
    uint64_t book;
    stockbook_status status = stockbook_open(&book);
    if (status != STOCKBOOK_STATUS_OK) {
        fail("open", status);
    }
    return book;
}

static void start(struct worker *worker, uint64_t book, int number, int book_may_close) {
    memset(worker, 0, sizeof *worker);
    worker->book = book;
    worker->number = number;
    worker->book_may_close = book_may_close;
    if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
        fail("pthread_create", STOCKBOOK_STATUS_OK);
    }
}

static void one_book(void) {
    uint64_t book = open_book(), sequence;
    struct worker a, b;
    start(&a, book, 1, 0);
    start(&b, book, 2, 0);
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    if (stockbook_sequence(book, &sequence) != STOCKBOOK_STATUS_OK ||
        sequence != (uint64_t)(a.accepted + b.accepted)) {
        fail("work was lost", STOCKBOOK_STATUS_OK);
    }
    printf("one book: %ld accepted, %ld busy\n", a.accepted + b.accepted, a.busy + b.busy);
    stockbook_close(book);
}

static void own_books(void) {
    struct worker a, b;
    start(&a, open_book(), 1, 0);
    start(&b, open_book(), 2, 0);
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    if (a.busy + b.busy != 0 || a.accepted + b.accepted != 2 * rounds) {
        fail("books of their own got in each other's way", STOCKBOOK_STATUS_OK);
    }
    printf("own books: %ld accepted\n", a.accepted + b.accepted);
    stockbook_close(a.book);
    stockbook_close(b.book);
}

static void closed_under_another(void) {
    long round, most = rounds / 100 + 1;
    for (round = 0; round < most; round++) {
        struct worker worker;
        stockbook_status status;
        uint64_t book = open_book();
        start(&worker, book, 1, 1);
        do {
            status = stockbook_close(book);
        } while (status == STOCKBOOK_STATUS_BUSY);
        if (status != STOCKBOOK_STATUS_OK) {
            fail("close", status);
        }
        pthread_join(worker.thread, NULL);
    }
    printf("closed under another: %ld times\n", most);
}

/* Says it until the handle is free; gives what came of it. */
static stockbook_status insist(uint64_t book, const char *request) {
    stockbook_bytes answer;
    stockbook_status status;
    while ((status = stockbook_execute(book, request, strlen(request), &answer)) == STOCKBOOK_STATUS_BUSY) {
        sched_yield();
    }
    if (status == STOCKBOOK_STATUS_OK || status == STOCKBOOK_STATUS_REJECTED) {
        stockbook_bytes_free(&answer);
    }
    return status;
}

/* Its share of 500 carts, a unit each: accepted counts those that got one, busy those that were refused. */
static void *shop(void *argument) {
    struct worker *worker = argument;
    int cart;
    for (cart = worker->number; cart < 500; cart += 16) {
        char request[256];
        stockbook_status status;
        snprintf(request, sizeof request,
                 "{\"id\":\"h-%d\",\"at\":\"2026-01-05T09:00:00Z\",\"command\":{\"hold_stock\":{"
                 "\"hold\":\"%d\",\"channel\":\"web\",\"expires_at\":\"2026-01-06T09:00:00Z\","
                 "\"lines\":[{\"sku\":\"X\",\"node\":\"A\",\"qty\":1}]}}}",
                 cart, cart);
        status = insist(worker->book, request);
        if (status == STOCKBOOK_STATUS_OK) {
            worker->accepted++;
        } else if (status == STOCKBOOK_STATUS_REJECTED) {
            worker->busy++;
        } else {
            fail("hold", status);
        }
    }
    return NULL;
}

static void last_units(void) {
    static const char *const said[] = {
        "{\"define_sku\":{\"sku\":\"X\"}}",
        "{\"define_node\":{\"node\":\"A\",\"kind\":\"warehouse\","
        "\"place\":{\"lat\":\"40\",\"lon\":\"-75\"}}}",
        "{\"define_channel\":{\"channel\":\"web\",\"promise_hours\":72}}",
        "{\"receive_goods\":{\"receipt\":\"R\",\"node\":\"A\","
        "\"lines\":[{\"sku\":\"X\",\"qty\":100,\"unit_cost\":\"5\"}]}}"};
    uint64_t book = open_book();
    struct worker carts[16];
    long accepted = 0, refused = 0;
    size_t at;
    for (at = 0; at < sizeof said / sizeof said[0]; at++) {
        char request[256];
        snprintf(request, sizeof request,
                 "{\"id\":\"c-%d\",\"at\":\"2026-01-05T09:00:00Z\",\"command\":%s}", (int)at, said[at]);
        if (insist(book, request) != STOCKBOOK_STATUS_OK) {
            fail(said[at], STOCKBOOK_STATUS_REJECTED);
        }
    }
    for (at = 0; at < 16; at++) {
        memset(&carts[at], 0, sizeof carts[at]);
        carts[at].book = book;
        carts[at].number = (int)at;
        if (pthread_create(&carts[at].thread, NULL, shop, &carts[at]) != 0) {
            fail("pthread_create", STOCKBOOK_STATUS_OK);
        }
    }
    for (at = 0; at < 16; at++) {
        pthread_join(carts[at].thread, NULL);
        accepted += carts[at].accepted;
        refused += carts[at].busy;
    }
    if (accepted != 100 || refused != 400 || stockbook_verify(book) != STOCKBOOK_STATUS_OK) {
        fail("units were sold twice, or not at all", STOCKBOOK_STATUS_OK);
    }
    printf("last units: %ld accepted, %ld refused\n", accepted, refused);
    stockbook_close(book);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        rounds = atol(argv[1]);
    }
    one_book();
    own_books();
    closed_under_another();
    last_units();
    return EXIT_SUCCESS;
}
