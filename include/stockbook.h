/*
 * stockbook: the stock book of an e-commerce company as an embeddable library.
 *
 * This file is generated from ffi/src; do not edit it.
 *
 * The contract with the caller
 *
 * Status.   Every call that can fail answers a stockbook_status, and leaves the reason of a failure
 *           in stockbook_last_fault of the same thread.
 * Outputs   are out-parameters, written only with OK, and by stockbook_execute and stockbook_ask
 *           with REJECTED too. What they held before is neither read nor freed. All arguments are
 *           judged before anything is done: the handle first, then the others in order, then what
 *           is in them.
 * Pointers  are not kept after the call. NULL is refused unless this file says otherwise. A
 *           sequence of length 0 may have any pointer. A sequence of more than PTRDIFF_MAX bytes
 *           and a pointer that is not aligned for its type are refused. That there is memory of the
 *           stated length behind a pointer, that no other thread writes to it, and that the outputs
 *           of one call do not overlap, is the caller's part: it cannot be checked.
 * Texts     are UTF-8 with a length; they need no zero byte.
 * Bytes     that come out belong to the library and go back through stockbook_bytes_free.
 * Handles   are numbers. A closed one answers CLOSED, any number that is none INVALID_HANDLE; 0 is
 *           never a handle.
 * Threads.  Any thread may use any handle, one at a time: a call on a handle that another thread is
 *           using answers BUSY at once, does nothing, and may be tried again. Calls on different
 *           handles do not wait for each other. stockbook_last_fault is of the calling thread. A
 *           reader's handle may be used by any number of threads at a time: stockbook_reader_read
 *           takes no lock and waits for nobody.
 * Faults    of the library are caught: PANICKED closes the book that they happened to, and no
 *           other. Memory that runs out ends the process.
 * Versions. A program compiled against this file runs with any library of the same soname. Whoever
 *           loads the library by hand compares stockbook_abi_version with STOCKBOOK_ABI_VERSION.
 */


#ifndef STOCKBOOK_H
#define STOCKBOOK_H

#include <stddef.h>
#include <stdint.h>

/* The Arrow C Data Interface, as its specification has it. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */


/**
 * Rises when a program compiled against an older header must be compiled anew.
 */
#define STOCKBOOK_ABI_VERSION 1

/**
 * What a call answers. Outputs are written with `OK`, and by `stockbook_execute` and
 * `stockbook_ask` with `REJECTED` too. Numbers are never given a second meaning.
 */
typedef enum stockbook_status {
    /**
     * Done; all outputs are written.
     */
    STOCKBOOK_STATUS_OK = 0,
    /**
     * The book says no, and nothing has changed. JSON calls say why in their answer, column
     * calls in `stockbook_last_fault`.
     */
    STOCKBOOK_STATUS_REJECTED = 1,
    /**
     * A pointer is NULL that must not be.
     */
    STOCKBOOK_STATUS_NULL_ARGUMENT = 2,
    /**
     * A length, an alignment, a kind or a text is not what it must be.
     */
    STOCKBOOK_STATUS_INVALID_ARGUMENT = 3,
    /**
     * This library never gave out that handle.
     */
    STOCKBOOK_STATUS_INVALID_HANDLE = 4,
    /**
     * The handle was closed before, by the caller or by a `PANICKED`.
     */
    STOCKBOOK_STATUS_CLOSED = 5,
    /**
     * Another thread is inside a call on the same handle; nothing was done.
     */
    STOCKBOOK_STATUS_BUSY = 6,
    /**
     * A log or a snapshot cannot be loaded.
     */
    STOCKBOOK_STATUS_LOAD_ERROR = 7,
    /**
     * Events that were asked for have left the window.
     */
    STOCKBOOK_STATUS_EVENTS_DRAINED = 8,
    /**
     * No such code, or no such id.
     */
    STOCKBOOK_STATUS_NOT_FOUND = 9,
    /**
     * `stockbook_verify` found the book unsound.
     */
    STOCKBOOK_STATUS_UNSOUND = 10,
    /**
     * 16,777,216 handles of one kind are in use.
     */
    STOCKBOOK_STATUS_TOO_MANY_HANDLES = 11,
    /**
     * A fault of the library was caught. The book that it happened to is closed, all others are
     * sound.
     */
    STOCKBOOK_STATUS_PANICKED = 12
} stockbook_status;

/**
 * What an id is of.
 */
typedef enum stockbook_kind {
    /**
     * A stock keeping unit.
     */
    STOCKBOOK_KIND_SKU = 1,
    /**
     * A place that holds stock.
     */
    STOCKBOOK_KIND_NODE = 2,
    /**
     * A channel that sells.
     */
    STOCKBOOK_KIND_CHANNEL = 3,
    /**
     * A carrier service.
     */
    STOCKBOOK_KIND_SERVICE = 4,
    /**
     * A supplier.
     */
    STOCKBOOK_KIND_SUPPLIER = 5,
    /**
     * A ledger account.
     */
    STOCKBOOK_KIND_ACCOUNT = 6,
    /**
     * A reason code.
     */
    STOCKBOOK_KIND_REASON = 7,
    /**
     * An order.
     */
    STOCKBOOK_KIND_ORDER = 8
} stockbook_kind;

/**
 * Which report.
 */
typedef enum stockbook_report {
    /**
     * Stock by SKU and node where anything is not zero: `sku`, `node` (utf8); `sku_id`,
     * `node_id` (uint32); `on_hand`, `sellable`, `reserved`, `available` (int64); `value`
     * (decimal128(19, 6)).
     */
    STOCKBOOK_REPORT_STOCK = 1,
    /**
     * Balances of all accounts, debit positive: `account` (utf8); `balance` (decimal128(19, 6)).
     */
    STOCKBOOK_REPORT_TRIAL_BALANCE = 2,
    /**
     * Lines of the journal, of the events that the window still has, a debit positive: `sequence`,
     * `qty`, `corrects` (int64); `at`, `occurred_at`, `posted_at`, `event`, `document`,
     * `movement`, `account`, `sku`, `node`, `channel`, `lot` (utf8; empty = none); `amount`
     * (decimal128(19, 6)).
     */
    STOCKBOOK_REPORT_JOURNAL = 3
} stockbook_report;

/**
 * Bytes that belong to the library until `stockbook_bytes_free`. A zero byte follows them, so
 * that an answer in JSON is a C string too.
 */
typedef struct stockbook_bytes {
    /**
     * The bytes; never NULL while they are held.
     */
    const char *data;
    /**
     * How many there are, without the zero byte.
     */
    size_t len;
    /**
     * What the library knows them by; 0 = nothing is held.
     */
    uint64_t owner;
} stockbook_bytes;

/**
 * Orders as columns. Row `i` has the lines from `line_start[i]` up to, without, `line_start[i +
 * 1]`. A column marked optional may be NULL.
 */
typedef struct stockbook_order_columns {
    /**
     * The system that sends them, in UTF-8.
     */
    const char *source;
    /**
     * Bytes of `source`; 0 = none.
     */
    size_t source_len;
    /**
     * The person or job behind them, in UTF-8.
     */
    const char *actor;
    /**
     * Bytes of `actor`; 0 = none.
     */
    size_t actor_len;
    /**
     * How many orders.
     */
    size_t orders;
    /**
     * How many lines in all.
     */
    size_t lines;
    /**
     * By order: command ids, as numbers.
     */
    const uint64_t *command;
    /**
     * By order: order numbers.
     */
    const uint64_t *order;
    /**
     * By order: the book's time in microseconds since 1970, never falling.
     */
    const int64_t *at;
    /**
     * By order: channel ids.
     */
    const uint32_t *channel;
    /**
     * By order: latitude in nano-degrees.
     */
    const int64_t *lat;
    /**
     * By order: longitude in nano-degrees.
     */
    const int64_t *lon;
    /**
     * By order, optional: promised delivery in microseconds since 1970; INT64_MIN, or NULL for all
     * orders = the channel's promise.
     */
    const int64_t *deliver_by;
    /**
     * By order, optional: 0 = accepted by the book, 1 = external commitment; NULL = all 0.
     */
    const uint8_t *commitment;
    /**
     * Where each order's lines begin, and where the last one's end: one more than orders.
     */
    const uint32_t *line_start;
    /**
     * By line: SKU ids.
     */
    const uint32_t *sku;
    /**
     * By line: quantities in the SKU's smallest unit.
     */
    const int64_t *qty;
    /**
     * By line, optional: price of a base unit in micro-units; INT64_MIN, or NULL for all lines = the
     * SKU's list price.
     */
    const int64_t *price;
} stockbook_order_columns;

/**
 * Where the outcomes of orders go: columns of the caller's, as long as what it gave. All but
 * `rejection` may be NULL.
 */
typedef struct stockbook_order_outcomes {
    /**
     * By order: 0 = accepted, else the number of the rejection.
     */
    uint16_t *rejection;
    /**
     * By order: sequence of the order's event; 0 where rejected.
     */
    uint64_t *sequence;
    /**
     * By line: the node of its first part; UINT32_MAX where nothing is reserved.
     */
    uint32_t *line_node;
    /**
     * By line: units reserved.
     */
    int64_t *line_reserved;
    /**
     * By line: units backordered.
     */
    int64_t *line_backordered;
} stockbook_order_outcomes;

/**
 * Receipts of goods as columns, one receipt a row.
 */
typedef struct stockbook_receipt_columns {
    /**
     * The system that sends them, in UTF-8.
     */
    const char *source;
    /**
     * Bytes of `source`; 0 = none.
     */
    size_t source_len;
    /**
     * The person or job behind them, in UTF-8.
     */
    const char *actor;
    /**
     * Bytes of `actor`; 0 = none.
     */
    size_t actor_len;
    /**
     * How many receipts.
     */
    size_t rows;
    /**
     * Command ids, as numbers; also the numbers of the receipts.
     */
    const uint64_t *command;
    /**
     * The book's time in microseconds since 1970, never falling.
     */
    const int64_t *at;
    /**
     * Node ids.
     */
    const uint32_t *node;
    /**
     * Supplier ids, UINT32_MAX = opening balance; optional: NULL = all opening balances.
     */
    const uint32_t *supplier;
    /**
     * SKU ids.
     */
    const uint32_t *sku;
    /**
     * Quantities in the SKU's smallest unit.
     */
    const int64_t *qty;
    /**
     * Cost of a base unit in micro-units.
     */
    const int64_t *unit_cost;
} stockbook_receipt_columns;

/**
 * Where the outcomes of receipts and shipments go: columns of the caller's. All but `rejection`
 * may be NULL.
 */
typedef struct stockbook_outcomes {
    /**
     * 0 = accepted, else the number of the rejection.
     */
    uint16_t *rejection;
    /**
     * Sequence of the command's event; 0 where rejected.
     */
    uint64_t *sequence;
} stockbook_outcomes;

/**
 * Shipments as columns: all that is planned for an order at a node, one shipment a row.
 */
typedef struct stockbook_shipment_columns {
    /**
     * The system that sends them, in UTF-8.
     */
    const char *source;
    /**
     * Bytes of `source`; 0 = none.
     */
    size_t source_len;
    /**
     * The person or job behind them, in UTF-8.
     */
    const char *actor;
    /**
     * Bytes of `actor`; 0 = none.
     */
    size_t actor_len;
    /**
     * How many shipments.
     */
    size_t rows;
    /**
     * Command ids, as numbers.
     */
    const uint64_t *command;
    /**
     * The book's time in microseconds since 1970, never falling.
     */
    const int64_t *at;
    /**
     * Order numbers.
     */
    const uint64_t *order;
    /**
     * Node ids.
     */
    const uint32_t *node;
} stockbook_shipment_columns;

#ifdef __cplusplus
extern "C" {
#endif /* __cplusplus */

/**
 * `STOCKBOOK_ABI_VERSION` of the library that is loaded.
 */
uint32_t stockbook_abi_version(void);

/**
 * Version of the library, as in `0.1.0`: a constant C string.
 */
const char *stockbook_version(void);

/**
 * A status in words: a constant C string, for any number.
 */
const char *stockbook_status_text(int32_t status);

/**
 * What the last call of this thread ran into that answered neither OK nor a rejection in JSON:
 * which argument, which offset of a log, which fault. Empty before the first such call; a call
 * that goes well leaves it as it is.
 */
enum stockbook_status stockbook_last_fault(struct stockbook_bytes *text);

/**
 * Gives bytes back to the library and empties the struct. An empty struct is left alone; bytes
 * that were given back before, under a copy of the struct, answer CLOSED.
 */
enum stockbook_status stockbook_bytes_free(struct stockbook_bytes *bytes);

/**
 * Opens an empty book: currency USD, the default chart of accounts, posting rules and policy.
 */
enum stockbook_status stockbook_open(uint64_t *book);

/**
 * Closes a book. Its handle answers CLOSED from now on.
 */
enum stockbook_status stockbook_close(uint64_t book);

/**
 * Opens a book from a snapshot.
 */
enum stockbook_status stockbook_restore(const void *snapshot, size_t snapshot_len, uint64_t *book);

/**
 * Opens a book from its whole log.
 */
enum stockbook_status stockbook_replay(const void *log, size_t log_len, uint64_t *book);

/**
 * Carries a book on by a log that begins where it stands: all of it, or nothing with
 * LOAD_ERROR. Tells the sequence that the book has reached.
 */
enum stockbook_status stockbook_apply_log(uint64_t book,
                                          const void *log,
                                          size_t log_len,
                                          uint64_t *sequence);

/**
 * The whole state of a book, for `stockbook_restore`.
 */
enum stockbook_status stockbook_snapshot(uint64_t book, struct stockbook_bytes *snapshot);

/**
 * The events from sequence `from` on as a log, for `stockbook_replay` and
 * `stockbook_apply_log`. EVENTS_DRAINED where the first of them have left the book's window.
 * (As JSON: `{"ask":{"events":{"from":1}}}`.)
 */
enum stockbook_status stockbook_log(uint64_t book, uint64_t from, struct stockbook_bytes *log);

/**
 * Says something to a book: one JSON object, `{"id":…,"at":…,"command":{…}}`, `{"chain":[…]}`
 * or `{"ask":{…}}` (`stockbook.schema.json` has all of them). The answer is one JSON object:
 * with OK `{"receipt":{…}}`, `{"receipts":[…]}` or `{"answer":{…}}`; with REJECTED
 * `{"rejection":{…}}`. `answer` is written for both.
 */
enum stockbook_status stockbook_execute(uint64_t book,
                                        const char *request,
                                        size_t request_len,
                                        struct stockbook_bytes *answer);

/**
 * Asks a book something: `{"ask":{…}}`. Answers as `stockbook_execute` does, and changes
 * nothing whatever the request says.
 */
enum stockbook_status stockbook_ask(uint64_t book,
                                    const char *request,
                                    size_t request_len,
                                    struct stockbook_bytes *answer);

/**
 * Places orders, one a row, as so many `place_order` commands. Each is accepted or refused by
 * itself, as the outcomes say; REJECTED means that the columns do not fit together and nothing
 * was done.
 */
enum stockbook_status stockbook_place_orders(uint64_t book,
                                             const struct stockbook_order_columns *orders,
                                             const struct stockbook_order_outcomes *outcomes);

/**
 * Receives goods, one receipt a row, as so many `receive_goods` commands. As
 * `stockbook_place_orders`.
 */
enum stockbook_status stockbook_receive_goods(uint64_t book,
                                              const struct stockbook_receipt_columns *receipts,
                                              const struct stockbook_outcomes *outcomes);

/**
 * Ships what is planned for an order at a node, one shipment a row, as so many `ship_order`
 * commands. As `stockbook_place_orders`.
 */
enum stockbook_status stockbook_ship_orders(uint64_t book,
                                            const struct stockbook_shipment_columns *shipments,
                                            const struct stockbook_outcomes *outcomes);

/**
 * The id of a code, as columns use it. `kind` is a `stockbook_kind`. NOT_FOUND where nothing
 * has that code.
 */
enum stockbook_status stockbook_id(uint64_t book,
                                   uint32_t kind,
                                   const char *code,
                                   size_t code_len,
                                   uint32_t *id);

/**
 * The code of an id. `kind` is a `stockbook_kind`. NOT_FOUND where nothing has that id.
 */
enum stockbook_status stockbook_code(uint64_t book,
                                     uint32_t kind,
                                     uint32_t id,
                                     struct stockbook_bytes *code);

/**
 * Sequence of the last event; 0 before the first.
 */
enum stockbook_status stockbook_sequence(uint64_t book, uint64_t *sequence);

/**
 * Hash of the whole state: two books that were told the same have the same, on any machine.
 */
enum stockbook_status stockbook_state_hash(uint64_t book, uint64_t *hash);

/**
 * Proves that the book is sound: goods are conserved, every reservation has its owner, the
 * books tie to the goods. UNSOUND where it is not; `stockbook_last_fault` names what broke
 * first.
 */
enum stockbook_status stockbook_verify(uint64_t book);

/**
 * Exports a report through the Arrow C Data Interface, as a struct array with one child a
 * column. `report` is a `stockbook_report`. The caller releases both results, by their
 * `release`; they do not need the book.
 */
enum stockbook_status stockbook_report_arrow(uint64_t book,
                                             uint32_t report,
                                             struct ArrowSchema *schema,
                                             struct ArrowArray *array);

/**
 * The journal as `STOCKBOOK_REPORT_JOURNAL` has it, of a ledger beside the book's own: what the
 * book posts, and what the ledger posts on top of it. REJECTED where there is no such ledger.
 */
enum stockbook_status stockbook_ledger_journal_arrow(uint64_t book,
                                                     const char *ledger,
                                                     size_t ledger_len,
                                                     struct ArrowSchema *schema,
                                                     struct ArrowArray *array);

/**
 * Opens a reader of a book's availability. The book shows it from now on: at once, and anew with every call
 * that changes the book. The reader outlives the book, and then shows what was shown last.
 *
 * Answers BUSY while another thread is in a call on the book, TOO_MANY_HANDLES beyond 4,096 readers.
 */
enum stockbook_status stockbook_reader_open(uint64_t book,
                                            uint64_t *reader);

/**
 * Closes a reader. Waits for calls of other threads that are inside it.
 */
enum stockbook_status stockbook_reader_close(uint64_t reader);

/**
 * Units available (sellable less reserved, in the SKU's smallest unit) in `count` cells, given by SKU id and
 * node id; all of them as of one commit, whose number `commit` tells. It never waits: it looks again only
 * while the writer changes one of these very cells. 0 for what was never stocked. What channels' protection
 * keeps back is not taken off.
 *
 * Any number of threads may read through one handle at a time.
 */
enum stockbook_status stockbook_reader_read(uint64_t reader,
                                            const uint32_t *sku,
                                            const uint32_t *node,
                                            size_t count,
                                            int64_t *available,
                                            uint64_t *commit);

#ifdef __cplusplus
}  /* extern "C" */
#endif  /* __cplusplus */

#endif  /* STOCKBOOK_H */
