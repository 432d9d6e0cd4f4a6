/*
 * Misuse of every exported function, in every argument position: NULL, length 0 with a garbage
 * pointer, length 2^63 and more, odd alignment, closed, foreign and never-issued handles; for each
 * function the full product of what its arguments may be. What must come back is computed: the
 * first argument that is not sound decides.
 */
#include "stockbook.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ODD(type, memory) ((type *)(void *)((char *)(memory) + 1))

static unsigned long checks;

/* A wrong answer ends the program. */
static void expect(const char *call, stockbook_status got, stockbook_status want) {
    checks++;
    if (got != want) {
        fprintf(stderr, "%s: %s, not %s\n", call, stockbook_status_text((int32_t)got),
                stockbook_status_text((int32_t)want));
        exit(EXIT_FAILURE);
    }
}

static void expect_true(const char *what, int holds) {
    checks++;
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        exit(EXIT_FAILURE);
    }
}

/* The first argument that is not sound decides; where all are, `sound` does. */
static stockbook_status first(stockbook_status a, stockbook_status b, stockbook_status c,
                              stockbook_status sound) {
    return a != STOCKBOOK_STATUS_OK   ? a
           : b != STOCKBOOK_STATUS_OK ? b
           : c != STOCKBOOK_STATUS_OK ? c
                                      : sound;
}

/* --- What arguments may be --- */

struct handle {
    uint64_t handle;
    stockbook_status status;
};
static struct handle handles[10];

struct input {
    const char *data;
    size_t len;
    stockbook_status status;
    int empty;
};
static const char GOOD[] = "{\"ask\":{\"status\":{}}}";
static struct input inputs[8];

struct output {
    void *place;
    stockbook_status status;
};
/* Room for any output, and a fill that tells whether it was written. */
static union {
    stockbook_bytes bytes;
    uint64_t u64;
    uint32_t u32;
    struct ArrowSchema schema;
    struct ArrowArray array;
    unsigned char raw[256];
} room, second_room;
static struct output outputs[3];
static struct output second_outputs[3];

static stockbook_bytes foreign; /* lives through the test: its owner is no book's handle */

static void fill_room(void) {
    memset(&room, 0xA5, sizeof room);
    memset(&second_room, 0xA5, sizeof second_room);
}

/* Whether nothing was written. */
static int untouched(void) {
    size_t i;
    for (i = 0; i < sizeof room; i++) {
        if (room.raw[i] != 0xA5 || second_room.raw[i] != 0xA5) {
            return 0;
        }
    }
    return 1;
}

static void prepare_handles(void) {
    uint64_t live, closed;
    size_t i = 0;
    expect("open", stockbook_open(&closed), STOCKBOOK_STATUS_OK);
    expect("close", stockbook_close(closed), STOCKBOOK_STATUS_OK);
    expect("open", stockbook_open(&live), STOCKBOOK_STATUS_OK);
    expect("bytes", stockbook_last_fault(&foreign), STOCKBOOK_STATUS_OK);
    handles[i].handle = live, handles[i++].status = STOCKBOOK_STATUS_OK;
    handles[i].handle = closed, handles[i++].status = STOCKBOOK_STATUS_CLOSED;
    handles[i].handle = 0, handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = 1, handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = UINT64_MAX, handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = foreign.owner, handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    /* a slot that does not exist yet; a generation that was not reached yet */
    handles[i].handle = live + 12345, handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = live + (UINT64_C(1) << 24);
    handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = (uint64_t)(uintptr_t)&live;
    handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    handles[i].handle = live ^ (UINT64_C(1) << 63);
    handles[i++].status = STOCKBOOK_STATUS_INVALID_HANDLE;
}

static void input(size_t i, const char *data, size_t len, stockbook_status status) {
    inputs[i].data = data;
    inputs[i].len = len;
    inputs[i].status = status;
    inputs[i].empty = len == 0;
}

static void prepare_arguments(void) {
    size_t half = (size_t)1 << (sizeof(size_t) * CHAR_BIT - 1);
    input(0, GOOD, sizeof GOOD - 1, STOCKBOOK_STATUS_OK);
    input(1, NULL, 0, STOCKBOOK_STATUS_OK);
    input(2, (const char *)(uintptr_t)0xdeadbeef, 0, STOCKBOOK_STATUS_OK);
    input(3, NULL, 5, STOCKBOOK_STATUS_NULL_ARGUMENT);
    input(4, NULL, half, STOCKBOOK_STATUS_NULL_ARGUMENT);
    input(5, GOOD, half, STOCKBOOK_STATUS_INVALID_ARGUMENT);
    input(6, GOOD, half + 1, STOCKBOOK_STATUS_INVALID_ARGUMENT);
    input(7, GOOD, SIZE_MAX, STOCKBOOK_STATUS_INVALID_ARGUMENT);
    outputs[0].place = &room, outputs[0].status = STOCKBOOK_STATUS_OK;
    outputs[1].place = NULL, outputs[1].status = STOCKBOOK_STATUS_NULL_ARGUMENT;
    outputs[2].place = ODD(void, &room), outputs[2].status = STOCKBOOK_STATUS_INVALID_ARGUMENT;
    second_outputs[0].place = &second_room, second_outputs[0].status = STOCKBOOK_STATUS_OK;
    second_outputs[1].place = NULL, second_outputs[1].status = STOCKBOOK_STATUS_NULL_ARGUMENT;
    second_outputs[2].place = ODD(void, &second_room);
    second_outputs[2].status = STOCKBOOK_STATUS_INVALID_ARGUMENT;
}

/* What a call left: bytes of an answer, a new book, or nothing. */
enum left { BYTES, BOOK, NUMBER };

static void settle(const char *call, stockbook_status got, stockbook_status want, enum left left) {
    expect(call, got, want);
    if (got != STOCKBOOK_STATUS_OK && got != STOCKBOOK_STATUS_REJECTED) {
        expect_true("an output was written though the call failed", untouched());
    } else if (left == BYTES) {
        expect_true("no zero byte", room.bytes.data[room.bytes.len] == '\0');
        expect("free", stockbook_bytes_free(&room.bytes), STOCKBOOK_STATUS_OK);
    } else if (left == BOOK) {
        expect("close", stockbook_close(room.u64), STOCKBOOK_STATUS_OK);
    }
    fill_room();
}

/* --- Functions of one shape --- */

typedef stockbook_status (*book_to_output)(uint64_t, void *);

static stockbook_status call_snapshot(uint64_t b, void *o) { return stockbook_snapshot(b, o); }
static stockbook_status call_sequence(uint64_t b, void *o) { return stockbook_sequence(b, o); }
static stockbook_status call_hash(uint64_t b, void *o) { return stockbook_state_hash(b, o); }
static stockbook_status call_log(uint64_t b, void *o) { return stockbook_log(b, 0, o); }
static stockbook_status call_log_far(uint64_t b, void *o) {
    return stockbook_log(b, UINT64_MAX, o);
}

/* A handle and an output. */
static void book_and_output(const char *name, book_to_output call, enum left left) {
    size_t h, o;
    for (h = 0; h < COUNT(handles); h++) {
        for (o = 0; o < COUNT(outputs); o++) {
            stockbook_status want = first(handles[h].status, outputs[o].status,
                                          STOCKBOOK_STATUS_OK, STOCKBOOK_STATUS_OK);
            settle(name, call(handles[h].handle, outputs[o].place), want, left);
        }
    }
}

typedef stockbook_status (*json_call)(uint64_t, const char *, size_t, stockbook_bytes *);

/* A handle, a request and an answer. */
static void json(const char *name, json_call call) {
    size_t h, i, o;
    for (h = 0; h < COUNT(handles); h++) {
        for (i = 0; i < COUNT(inputs); i++) {
            for (o = 0; o < COUNT(outputs); o++) {
                stockbook_status want =
                    first(handles[h].status, inputs[i].status, outputs[o].status,
                          inputs[i].empty ? STOCKBOOK_STATUS_REJECTED : STOCKBOOK_STATUS_OK);
                settle(name,
                       call(handles[h].handle, inputs[i].data, inputs[i].len, outputs[o].place),
                       want, BYTES);
            }
        }
    }
}

typedef stockbook_status (*load_call)(const void *, size_t, uint64_t *);

/* Bytes in, a book out. What is behind a sound pointer here is never a log or a snapshot. */
static void load(const char *name, load_call call) {
    size_t i, o;
    for (i = 0; i < COUNT(inputs); i++) {
        for (o = 0; o < COUNT(outputs); o++) {
            stockbook_status want = first(inputs[i].status, outputs[o].status,
                                          STOCKBOOK_STATUS_OK, STOCKBOOK_STATUS_LOAD_ERROR);
            settle(name, call(inputs[i].data, inputs[i].len, outputs[o].place), want, BOOK);
        }
    }
}

/* --- Functions of their own shape --- */

static void library(void) {
    int32_t status;
    size_t o;
    expect_true("abi", stockbook_abi_version() == STOCKBOOK_ABI_VERSION);
    expect_true("version", strlen(stockbook_version()) >= 5);
    for (status = -1000; status < 1000; status++) {
        expect_true("status text", stockbook_status_text(status)[0] != '\0');
    }
    expect_true("status text", stockbook_status_text(INT32_MIN)[0] != '\0');
    expect_true("status text", stockbook_status_text(INT32_MAX)[0] != '\0');
    for (o = 0; o < COUNT(outputs); o++) {
        settle("last_fault", stockbook_last_fault(outputs[o].place), outputs[o].status, BYTES);
        settle("open", stockbook_open(outputs[o].place), outputs[o].status, BOOK);
    }
}

static void freeing(void) {
    static const uint64_t never[] = {1, 0xdeadbeef, UINT64_MAX, UINT64_C(0xB1) << 56};
    stockbook_bytes bytes, copy;
    size_t i;
    expect("free NULL", stockbook_bytes_free(NULL), STOCKBOOK_STATUS_NULL_ARGUMENT);
    expect("free odd", stockbook_bytes_free(ODD(stockbook_bytes, &room)),
           STOCKBOOK_STATUS_INVALID_ARGUMENT);
    memset(&bytes, 0, sizeof bytes);
    expect("free nothing", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_OK);
    expect("last_fault", stockbook_last_fault(&bytes), STOCKBOOK_STATUS_OK);
    copy = bytes;
    expect("free", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_OK);
    expect_true("emptied", bytes.data == NULL && bytes.len == 0 && bytes.owner == 0);
    expect("free again", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_OK);
    expect("free a copy", stockbook_bytes_free(&copy), STOCKBOOK_STATUS_CLOSED);
    expect_true("left alone", copy.owner != 0);
    for (i = 0; i < COUNT(never); i++) {
        memset(&bytes, 0xA5, sizeof bytes);
        bytes.owner = never[i];
        expect("free garbage", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_INVALID_HANDLE);
    }
    bytes.owner = handles[0].handle;
    expect("free a book", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_INVALID_HANDLE);
    bytes.owner = handles[1].handle;
    expect("free a closed book", stockbook_bytes_free(&bytes), STOCKBOOK_STATUS_INVALID_HANDLE);
}

static void handles_alone(void) {
    size_t h;
    for (h = 0; h < COUNT(handles); h++) {
        expect("verify", stockbook_verify(handles[h].handle), handles[h].status);
        if (handles[h].status != STOCKBOOK_STATUS_OK) {
            expect("close", stockbook_close(handles[h].handle), handles[h].status);
        }
    }
}

static void apply_log(void) {
    size_t h, i, o;
    for (h = 0; h < COUNT(handles); h++) {
        for (i = 0; i < COUNT(inputs); i++) {
            for (o = 0; o < COUNT(outputs); o++) {
                stockbook_status want = first(handles[h].status, inputs[i].status,
                                              outputs[o].status, STOCKBOOK_STATUS_LOAD_ERROR);
                settle("apply_log",
                       stockbook_apply_log(handles[h].handle, inputs[i].data, inputs[i].len,
                                           outputs[o].place),
                       want, NUMBER);
            }
        }
    }
}

static stockbook_status kind_status(uint32_t kind) {
    return kind >= STOCKBOOK_KIND_SKU && kind <= STOCKBOOK_KIND_ORDER
               ? STOCKBOOK_STATUS_OK
               : STOCKBOOK_STATUS_INVALID_ARGUMENT;
}

static const uint32_t KINDS[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, UINT32_MAX};

static void ids(void) {
    size_t h, k, i, o;
    for (h = 0; h < COUNT(handles); h++) {
        for (k = 0; k < COUNT(KINDS); k++) {
            stockbook_status so_far = first(handles[h].status, kind_status(KINDS[k]),
                                            STOCKBOOK_STATUS_OK, STOCKBOOK_STATUS_OK);
            for (o = 0; o < COUNT(outputs); o++) {
                for (i = 0; i < COUNT(inputs); i++) {
                    settle("id",
                           stockbook_id(handles[h].handle, KINDS[k], inputs[i].data,
                                        inputs[i].len, outputs[o].place),
                           first(so_far, inputs[i].status, outputs[o].status,
                                 STOCKBOOK_STATUS_NOT_FOUND),
                           NUMBER);
                }
                settle("code",
                       stockbook_code(handles[h].handle, KINDS[k], UINT32_MAX, outputs[o].place),
                       first(so_far, outputs[o].status, STOCKBOOK_STATUS_OK,
                             STOCKBOOK_STATUS_NOT_FOUND),
                       BYTES);
            }
        }
    }
    expect("id", stockbook_id(handles[0].handle, 1, "\xff\xfe", 2, &room.u32),
           STOCKBOOK_STATUS_INVALID_ARGUMENT);
}

static void reports(void) {
    static const uint32_t kinds[] = {0, 1, 2, 3, 4, UINT32_MAX};
    size_t h, k, s, a;
    for (h = 0; h < COUNT(handles); h++) {
        for (k = 0; k < COUNT(kinds); k++) {
            stockbook_status kind = kinds[k] >= 1 && kinds[k] <= 3
                                        ? STOCKBOOK_STATUS_OK
                                        : STOCKBOOK_STATUS_INVALID_ARGUMENT;
            stockbook_status so_far = first(handles[h].status, kind, STOCKBOOK_STATUS_OK,
                                            STOCKBOOK_STATUS_OK);
            for (s = 0; s < COUNT(outputs); s++) {
                for (a = 0; a < COUNT(second_outputs); a++) {
                    stockbook_status got =
                        stockbook_report_arrow(handles[h].handle, kinds[k], outputs[s].place,
                                               second_outputs[a].place);
                    if (got == STOCKBOOK_STATUS_OK) {
                        room.schema.release(&room.schema);
                        second_room.array.release(&second_room.array);
                        expect_true("released", room.schema.release == NULL);
                        expect_true("released", second_room.array.release == NULL);
                    }
                    settle("report_arrow", got,
                           first(so_far, outputs[s].status, second_outputs[a].status,
                                 STOCKBOOK_STATUS_OK),
                           NUMBER);
                }
            }
        }
    }
}

/* The journal of a ledger: no name is the book's own, a name that nobody gave is refused. */
static void ledger_journals(void) {
    size_t h, s, a;
    for (h = 0; h < COUNT(handles); h++) {
        for (s = 0; s < COUNT(outputs); s++) {
            for (a = 0; a < COUNT(second_outputs); a++) {
                stockbook_status got = stockbook_ledger_journal_arrow(
                    handles[h].handle, "", 0, outputs[s].place, second_outputs[a].place);
                if (got == STOCKBOOK_STATUS_OK) {
                    room.schema.release(&room.schema);
                    second_room.array.release(&second_room.array);
                }
                settle("ledger_journal_arrow", got,
                       first(handles[h].status, outputs[s].status, second_outputs[a].status,
                             STOCKBOOK_STATUS_OK),
                       NUMBER);
            }
        }
    }
    expect("ledger_journal_arrow",
           stockbook_ledger_journal_arrow(handles[0].handle, "none", 4, &room.schema,
                                          &second_room.array),
           STOCKBOOK_STATUS_REJECTED);
}

/* Readers of availability: handles of their own kind, two columns in, one column and a number out. */
static void readers(void) {
    static const uint32_t ids[2] = {0, 1};
    static int64_t units[2];
    struct handle known[6];
    struct input columns_in[5];
    uint64_t reader, closed;
    size_t half = (size_t)1 << (sizeof(size_t) * CHAR_BIT - 1);
    size_t h, s, n, a, c;
    for (h = 0; h < COUNT(handles); h++) {
        for (c = 0; c < COUNT(outputs); c++) {
            stockbook_status got = stockbook_reader_open(handles[h].handle, outputs[c].place);
            stockbook_status want = first(handles[h].status, outputs[c].status, STOCKBOOK_STATUS_OK,
                                          STOCKBOOK_STATUS_OK);
            uint64_t opened = room.u64;
            settle("reader_open", got, want, NUMBER);
            if (got == STOCKBOOK_STATUS_OK) {
                expect("reader_close", stockbook_reader_close(opened), STOCKBOOK_STATUS_OK);
            }
        }
        expect("reader_close of a book", stockbook_reader_close(handles[h].handle),
               STOCKBOOK_STATUS_INVALID_HANDLE);
    }
    expect("reader_open", stockbook_reader_open(handles[0].handle, &closed), STOCKBOOK_STATUS_OK);
    expect("reader_close", stockbook_reader_close(closed), STOCKBOOK_STATUS_OK);
    expect("reader_close", stockbook_reader_close(closed), STOCKBOOK_STATUS_CLOSED);
    expect("reader_open", stockbook_reader_open(handles[0].handle, &reader), STOCKBOOK_STATUS_OK);
    known[0].handle = reader, known[0].status = STOCKBOOK_STATUS_OK;
    known[1].handle = closed, known[1].status = STOCKBOOK_STATUS_CLOSED;
    known[2].handle = 0, known[2].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    known[3].handle = UINT64_MAX, known[3].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    known[4].handle = handles[0].handle, known[4].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    known[5].handle = reader + (UINT64_C(1) << 24);
    known[5].status = STOCKBOOK_STATUS_INVALID_HANDLE;
    columns_in[0].data = (const char *)ids, columns_in[0].status = STOCKBOOK_STATUS_OK;
    columns_in[1].data = NULL, columns_in[1].status = STOCKBOOK_STATUS_NULL_ARGUMENT;
    columns_in[2].data = (const char *)ids + 1;
    columns_in[2].status = STOCKBOOK_STATUS_INVALID_ARGUMENT;
    columns_in[3].data = (const char *)ids, columns_in[3].len = half;
    columns_in[3].status = STOCKBOOK_STATUS_INVALID_ARGUMENT;
    for (h = 0; h < COUNT(known); h++) {
        for (s = 0; s < 3; s++) {
            for (n = 0; n < 3; n++) {
                for (a = 0; a < COUNT(outputs); a++) {
                    for (c = 0; c < COUNT(second_outputs); c++) {
                        stockbook_status sofar = first(known[h].status, columns_in[s].status,
                                                       columns_in[n].status, STOCKBOOK_STATUS_OK);
                        settle("reader_read",
                               stockbook_reader_read(known[h].handle,
                                                     (const uint32_t *)(const void *)columns_in[s].data,
                                                     (const uint32_t *)(const void *)columns_in[n].data,
                                                     2, outputs[a].place, second_outputs[c].place),
                               first(sofar, outputs[a].status, second_outputs[c].status,
                                     STOCKBOOK_STATUS_OK),
                               NUMBER);
                    }
                }
            }
        }
        expect("reader_read of nothing",
               stockbook_reader_read(known[h].handle, NULL, NULL, 0, NULL, &second_room.u64),
               known[h].status);
        fill_room();
        expect("reader_read of too much",
               stockbook_reader_read(known[h].handle, ids, ids, half, units, &second_room.u64),
               first(known[h].status, columns_in[3].status, STOCKBOOK_STATUS_OK,
                     STOCKBOOK_STATUS_OK));
    }
    fill_room();
    expect("reader_close", stockbook_reader_close(reader), STOCKBOOK_STATUS_OK);
}

/* --- Columns: each member of each struct in turn --- */

enum need { REQUIRED, OPTIONAL };

struct member {
    size_t offset;
    size_t alignment;
    enum need need;
};

#define MEMBER(type, name, alignment, need) {offsetof(type, name), alignment, need}

static const struct member ORDER_MEMBERS[] = {
    MEMBER(stockbook_order_columns, command, 8, REQUIRED),
    MEMBER(stockbook_order_columns, order, 8, REQUIRED),
    MEMBER(stockbook_order_columns, at, 8, REQUIRED),
    MEMBER(stockbook_order_columns, channel, 4, REQUIRED),
    MEMBER(stockbook_order_columns, lat, 8, REQUIRED),
    MEMBER(stockbook_order_columns, lon, 8, REQUIRED),
    MEMBER(stockbook_order_columns, deliver_by, 8, OPTIONAL),
    MEMBER(stockbook_order_columns, commitment, 1, OPTIONAL),
    MEMBER(stockbook_order_columns, line_start, 4, REQUIRED),
    MEMBER(stockbook_order_columns, sku, 4, REQUIRED),
    MEMBER(stockbook_order_columns, qty, 8, REQUIRED),
    MEMBER(stockbook_order_columns, price, 8, OPTIONAL),
};
static const struct member ORDER_OUTCOMES[] = {
    MEMBER(stockbook_order_outcomes, rejection, 2, REQUIRED),
    MEMBER(stockbook_order_outcomes, sequence, 8, OPTIONAL),
    MEMBER(stockbook_order_outcomes, line_node, 4, OPTIONAL),
    MEMBER(stockbook_order_outcomes, line_reserved, 8, OPTIONAL),
    MEMBER(stockbook_order_outcomes, line_backordered, 8, OPTIONAL),
};
static const struct member RECEIPT_MEMBERS[] = {
    MEMBER(stockbook_receipt_columns, command, 8, REQUIRED),
    MEMBER(stockbook_receipt_columns, at, 8, REQUIRED),
    MEMBER(stockbook_receipt_columns, node, 4, REQUIRED),
    MEMBER(stockbook_receipt_columns, supplier, 4, OPTIONAL),
    MEMBER(stockbook_receipt_columns, sku, 4, REQUIRED),
    MEMBER(stockbook_receipt_columns, qty, 8, REQUIRED),
    MEMBER(stockbook_receipt_columns, unit_cost, 8, REQUIRED),
};
static const struct member SHIPMENT_MEMBERS[] = {
    MEMBER(stockbook_shipment_columns, command, 8, REQUIRED),
    MEMBER(stockbook_shipment_columns, at, 8, REQUIRED),
    MEMBER(stockbook_shipment_columns, order, 8, REQUIRED),
    MEMBER(stockbook_shipment_columns, node, 4, REQUIRED),
};
static const struct member OUTCOMES[] = {
    MEMBER(stockbook_outcomes, rejection, 2, REQUIRED),
    MEMBER(stockbook_outcomes, sequence, 8, OPTIONAL),
};

/* A verb by columns: how it is called, and where its struct has what. */
struct verb {
    const char *name;
    stockbook_status (*call)(uint64_t, const void *, const void *);
    size_t size, rows_offset, lines_offset;
    const struct member *members;
    size_t member_count;
    const struct member *outcomes;
    size_t outcome_count;
};

static stockbook_status call_orders(uint64_t b, const void *c, const void *o) {
    return stockbook_place_orders(b, c, o);
}
static stockbook_status call_receipts(uint64_t b, const void *c, const void *o) {
    return stockbook_receive_goods(b, c, o);
}
static stockbook_status call_shipments(uint64_t b, const void *c, const void *o) {
    return stockbook_ship_orders(b, c, o);
}

static const struct verb VERBS[] = {
    {"place_orders", call_orders, sizeof(stockbook_order_columns),
     offsetof(stockbook_order_columns, orders), offsetof(stockbook_order_columns, lines),
     ORDER_MEMBERS, COUNT(ORDER_MEMBERS), ORDER_OUTCOMES, COUNT(ORDER_OUTCOMES)},
    {"receive_goods", call_receipts, sizeof(stockbook_receipt_columns),
     offsetof(stockbook_receipt_columns, rows), offsetof(stockbook_receipt_columns, rows),
     RECEIPT_MEMBERS, COUNT(RECEIPT_MEMBERS), OUTCOMES, COUNT(OUTCOMES)},
    {"ship_orders", call_shipments, sizeof(stockbook_shipment_columns),
     offsetof(stockbook_shipment_columns, rows), offsetof(stockbook_shipment_columns, rows),
     SHIPMENT_MEMBERS, COUNT(SHIPMENT_MEMBERS), OUTCOMES, COUNT(OUTCOMES)},
};

/* One row of zeros serves as every input column: such rows are refused one by one, by number. */
static uint64_t zeros[4];
static uint64_t results[4];
static uint32_t starts[2] = {0, 1};
static union {
    stockbook_order_columns orders;
    stockbook_receipt_columns receipts;
    stockbook_shipment_columns shipments;
    unsigned char raw[512];
} columns;
static union {
    stockbook_order_outcomes orders;
    stockbook_outcomes others;
    unsigned char raw[256];
} wanted;

static void set_pointer(unsigned char *record, size_t offset, const void *pointer) {
    memcpy(record + offset, &pointer, sizeof pointer);
}

static void set_size(unsigned char *record, size_t offset, size_t size) {
    memcpy(record + offset, &size, sizeof size);
}

/* Sound columns of one row. */
static void reset(const struct verb *verb) {
    size_t m;
    memset(&columns, 0, sizeof columns);
    memset(&wanted, 0, sizeof wanted);
    set_size(columns.raw, verb->rows_offset, 1);
    set_size(columns.raw, verb->lines_offset, 1);
    for (m = 0; m < verb->member_count; m++) {
        int is_start = verb->members == ORDER_MEMBERS &&
                       verb->members[m].offset == offsetof(stockbook_order_columns, line_start);
        set_pointer(columns.raw, verb->members[m].offset,
                    is_start ? (const void *)starts : zeros);
    }
    for (m = 0; m < verb->outcome_count; m++) {
        set_pointer(wanted.raw, verb->outcomes[m].offset, results);
    }
}

static void call_verb(const struct verb *verb, size_t h, const char *what, stockbook_status want) {
    uint64_t before[4];
    stockbook_status got;
    memset(results, 0xA5, sizeof results);
    memcpy(before, results, sizeof results);
    if (handles[h].status != STOCKBOOK_STATUS_OK) {
        want = handles[h].status;
    }
    got = verb->call(handles[h].handle, &columns, &wanted);
    if (got != want) {
        fprintf(stderr, "%s: ", what);
    }
    expect(verb->name, got, want);
    if (got != STOCKBOOK_STATUS_OK) {
        expect_true("an outcome was written", memcmp(before, results, sizeof results) == 0);
    }
}

/* Each pointer of a record: NULL, odd, and with no rows at all garbage. */
static void each_member(const struct verb *verb, size_t h, unsigned char *record,
                        const struct member *members, size_t count) {
    size_t m;
    for (m = 0; m < count; m++) {
        const struct member *member = &members[m];
        reset(verb);
        set_pointer(record, member->offset, NULL);
        call_verb(verb, h, "NULL column",
                  member->need == OPTIONAL ? STOCKBOOK_STATUS_OK
                                           : STOCKBOOK_STATUS_NULL_ARGUMENT);
        reset(verb);
        set_pointer(record, member->offset, ODD(void, zeros));
        if (member->alignment > 1) {
            call_verb(verb, h, "odd column", STOCKBOOK_STATUS_INVALID_ARGUMENT);
        }
        reset(verb);
        set_size(columns.raw, verb->rows_offset, 0);
        set_size(columns.raw, verb->lines_offset, 0);
        set_pointer(record, member->offset, (const void *)(uintptr_t)0xdeadbeef);
        call_verb(verb, h, "garbage column of length 0", STOCKBOOK_STATUS_OK);
    }
}

/* Counts and texts that cannot be. */
static void counts(const struct verb *verb, size_t h) {
    static const size_t source = offsetof(stockbook_order_columns, source);
    static const size_t source_len = offsetof(stockbook_order_columns, source_len);
    static const size_t actor = offsetof(stockbook_order_columns, actor);
    static const size_t actor_len = offsetof(stockbook_order_columns, actor_len);
    size_t half = (size_t)1 << (sizeof(size_t) * CHAR_BIT - 1);
    size_t sizes[4], i, texts[2][2];
    sizes[0] = half, sizes[1] = SIZE_MAX, sizes[2] = SIZE_MAX / 8 + 1, sizes[3] = half / 8;
    texts[0][0] = source, texts[0][1] = source_len, texts[1][0] = actor, texts[1][1] = actor_len;
    for (i = 0; i < COUNT(sizes); i++) {
        reset(verb);
        set_size(columns.raw, verb->rows_offset, sizes[i]);
        call_verb(verb, h, "too many rows", STOCKBOOK_STATUS_INVALID_ARGUMENT);
        reset(verb);
        set_size(columns.raw, verb->lines_offset, sizes[i]);
        call_verb(verb, h, "too many lines", STOCKBOOK_STATUS_INVALID_ARGUMENT);
    }
    for (i = 0; i < 2; i++) {
        reset(verb);
        set_pointer(columns.raw, texts[i][0], (const void *)(uintptr_t)0xdeadbeef);
        call_verb(verb, h, "garbage text of length 0", STOCKBOOK_STATUS_OK);
        set_size(columns.raw, texts[i][1], half);
        call_verb(verb, h, "endless text", STOCKBOOK_STATUS_INVALID_ARGUMENT);
        set_pointer(columns.raw, texts[i][0], NULL);
        call_verb(verb, h, "endless NULL", STOCKBOOK_STATUS_NULL_ARGUMENT);
        set_pointer(columns.raw, texts[i][0], "\xff\xfe");
        set_size(columns.raw, texts[i][1], 2);
        call_verb(verb, h, "no UTF-8", STOCKBOOK_STATUS_INVALID_ARGUMENT);
    }
}

static void column_verbs(void) {
    size_t v, h;
    for (v = 0; v < COUNT(VERBS); v++) {
        const struct verb *verb = &VERBS[v];
        for (h = 0; h < COUNT(handles); h++) {
            stockbook_status handle = handles[h].status;
            uint64_t book = handles[h].handle;
            int live = handle == STOCKBOOK_STATUS_OK;
            stockbook_status null = live ? STOCKBOOK_STATUS_NULL_ARGUMENT : handle;
            stockbook_status odd = live ? STOCKBOOK_STATUS_INVALID_ARGUMENT : handle;
            reset(verb);
            call_verb(verb, h, "sound", STOCKBOOK_STATUS_OK);
            expect(verb->name, verb->call(book, NULL, &wanted), null);
            expect(verb->name, verb->call(book, &columns, NULL), null);
            expect(verb->name, verb->call(book, NULL, NULL), null);
            expect(verb->name, verb->call(book, ODD(void, &columns), &wanted), odd);
            expect(verb->name, verb->call(book, &columns, ODD(void, &wanted)), odd);
            each_member(verb, h, columns.raw, verb->members, verb->member_count);
            each_member(verb, h, wanted.raw, verb->outcomes, verb->outcome_count);
            counts(verb, h);
        }
    }
}

/* Columns that do not fit together are refused whole, with a text. */
static void shapes(void) {
    static uint32_t wrong[2] = {0, 7};
    stockbook_bytes fault;
    reset(&VERBS[0]);
    columns.orders.line_start = wrong;
    call_verb(&VERBS[0], 0, "ends that do not fit", STOCKBOOK_STATUS_REJECTED);
    expect("last_fault", stockbook_last_fault(&fault), STOCKBOOK_STATUS_OK);
    expect_true("a text", fault.len > 0);
    expect("free", stockbook_bytes_free(&fault), STOCKBOOK_STATUS_OK);
}

/* Handles are reused under another number, never under the same. */
static void reuse(void) {
    uint64_t old, new;
    int i;
    expect("open", stockbook_open(&old), STOCKBOOK_STATUS_OK);
    for (i = 0; i < 1000; i++) {
        expect("close", stockbook_close(old), STOCKBOOK_STATUS_OK);
        expect("open", stockbook_open(&new), STOCKBOOK_STATUS_OK);
        expect_true("a handle came twice", old != new);
        expect("close twice", stockbook_close(old), STOCKBOOK_STATUS_CLOSED);
        old = new;
    }
    expect("close", stockbook_close(old), STOCKBOOK_STATUS_OK);
}

int main(void) {
    prepare_handles();
    prepare_arguments();
    fill_room();
    library();
    freeing();
    handles_alone();
    book_and_output("snapshot", call_snapshot, BYTES);
    book_and_output("log", call_log, BYTES);
    book_and_output("log", call_log_far, BYTES);
    book_and_output("sequence", call_sequence, NUMBER);
    book_and_output("state_hash", call_hash, NUMBER);
    json("execute", stockbook_execute);
    json("ask", stockbook_ask);
    load("restore", stockbook_restore);
    load("replay", stockbook_replay);
    apply_log();
    ids();
    reports();
    ledger_journals();
    readers();
    column_verbs();
    shapes();
    reuse();
    expect("close", stockbook_close(handles[0].handle), STOCKBOOK_STATUS_OK);
    expect("free", stockbook_bytes_free(&foreign), STOCKBOOK_STATUS_OK);
    printf("%lu checks\n", checks);
    return EXIT_SUCCESS;
}
