/*
 * A shop that keeps its orders and its stock book in one SQLite file, and outlives a kill at any
 * point.
 *
 *     cc -std=c99 durable_host.c -I../../include -lstockbook -lsqlite3 -o durable_host
 *     ./durable_host shop.db 100
 *
 * The book is in memory; the file is what lasts. What the book recorded for an order goes into the
 * same transaction as the shop's own row, so that both are there or neither is. From time to time
 * the whole book is kept as a snapshot, so that starting again is quick. Every commit is told as
 * `<sequence> <state hash>`.
 */
#include "stockbook.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT_EVERY = 25, SETUP = 7 };

static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE IF NOT EXISTS orders"
    " (number INTEGER PRIMARY KEY, sku TEXT, qty INTEGER, outcome TEXT);"
    "CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, log BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS snapshots (sequence INTEGER PRIMARY KEY, book BLOB NOT NULL);";

/* To keep the JSON readable in C, it is written here with ' for ". */
static const char *const setup[SETUP] = {
    "{'define_sku':{'sku':'TEE','price':'19.99'}}",
    "{'define_sku':{'sku':'MUG','price':'12.50'}}",
    "{'define_node':{'node':'RENO','kind':'warehouse','place':{'lat':'39.53','lon':'-119.81'}}}",
    "{'define_node':{'node':'ALLEN','kind':'warehouse','place':{'lat':'40.60','lon':'-75.47'}}}",
    "{'define_channel':{'channel':'web','promise_hours':72}}",
    "{'receive_goods':{'receipt':'R-RENO','node':'RENO','lines':["
    "{'sku':'TEE','qty':400,'unit_cost':'8.00'},{'sku':'MUG','qty':400,'unit_cost':'8.00'}]}}",
    "{'receive_goods':{'receipt':'R-ALLEN','node':'ALLEN','lines':["
    "{'sku':'TEE','qty':400,'unit_cost':'8.00'},{'sku':'MUG','qty':400,'unit_cost':'8.00'}]}}",
};

static sqlite3 *database;
static uint64_t book;

/* Ends the program when a call on the book failed. */
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

/* Ends the program when the database did not do it. The file then lacks what the book has in
 * memory; the next start recovers what the file has. */
static void done(int code, int want) {
    if (code != want) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        exit(EXIT_FAILURE);
    }
}

static void run(const char *statements) {
    done(sqlite3_exec(database, statements, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *text) {
    sqlite3_stmt *statement;
    done(sqlite3_prepare_v2(database, text, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

/* Writes a row of a number and bytes. */
static void put(const char *text, uint64_t sequence, const stockbook_bytes *bytes) {
    sqlite3_stmt *statement = prepare(text);
    done(sqlite3_bind_int64(statement, 1, (sqlite3_int64)sequence), SQLITE_OK);
    done(sqlite3_bind_blob64(statement, 2, bytes->data, bytes->len, SQLITE_STATIC), SQLITE_OK);
    done(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

static uint64_t sequence_of_book(void) {
    uint64_t sequence;
    must(stockbook_sequence(book, &sequence));
    return sequence;
}

/* The last snapshot, carried on by the events that came after it. */
static void recover(void) {
    sqlite3_stmt *rows = prepare("SELECT book FROM snapshots ORDER BY sequence DESC LIMIT 1");
    uint64_t reached;
    if (sqlite3_step(rows) == SQLITE_ROW) {
        const void *bytes = sqlite3_column_blob(rows, 0);
        must(stockbook_restore(bytes, (size_t)sqlite3_column_bytes(rows, 0), &book));
    } else {
        must(stockbook_open(&book));
    }
    sqlite3_finalize(rows);
    rows = prepare("SELECT log FROM events WHERE sequence > ? ORDER BY sequence");
    done(sqlite3_bind_int64(rows, 1, (sqlite3_int64)sequence_of_book()), SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const void *bytes = sqlite3_column_blob(rows, 0);
        must(stockbook_apply_log(book, bytes, (size_t)sqlite3_column_bytes(rows, 0), &reached));
    }
    sqlite3_finalize(rows);
}

/* Says a command; gives whether it was accepted. */
static int say(const char *id, long second, const char *command) {
    char request[1024];
    stockbook_bytes answer;
    stockbook_status status;
    int length = snprintf(request, sizeof request,
                          "{'id':'%s','at':'2026-01-05T%02ld:%02ld:%02ldZ','command':%s}", id,
                          9 + second / 3600, second / 60 % 60, second % 60, command);
    if (length < 0 || (size_t)length >= sizeof request) {
        fprintf(stderr, "too long: %s\n", command);
        exit(EXIT_FAILURE);
    }
    for (char *at = request; *at != '\0'; at++) {
        if (*at == '\'') {
            *at = '"';
        }
    }
    status = stockbook_execute(book, request, (size_t)length, &answer);
    if (status != STOCKBOOK_STATUS_REJECTED) {
        must(status);
    }
    stockbook_bytes_free(&answer);
    return status == STOCKBOOK_STATUS_OK;
}

/* Writes what the book recorded since `before`; to be called within a transaction. */
static void keep_events(uint64_t before) {
    uint64_t sequence = sequence_of_book();
    stockbook_bytes log;
    if (sequence > before) {
        must(stockbook_log(book, before + 1, &log));
        put("INSERT INTO events VALUES (?, ?)", sequence, &log);
        stockbook_bytes_free(&log);
    }
}

/* Places an order and commits it together with what the book recorded. */
static void place(long number) {
    char id[32], command[512], row[256];
    const char *sku = number % 2 == 0 ? "TEE" : "MUG";
    long qty = 1 + number % 3;
    uint64_t before = sequence_of_book();
    int accepted;
    snprintf(id, sizeof id, "order-%ld", number);
    snprintf(command, sizeof command,
             "{'place_order':{'order':'%ld','channel':'web','to':{'lat':'40.71','lon':'-74.00'},"
             "'lines':[{'sku':'%s','qty':%ld}]}}",
             number, sku, qty);
    accepted = say(id, number, command);
    run("BEGIN IMMEDIATE");
    keep_events(before);
    snprintf(row, sizeof row, "INSERT INTO orders VALUES (%ld, '%s', %ld, '%s')", number, sku, qty,
             accepted ? "accepted" : "refused");
    run(row);
    run("COMMIT");
}

/* Keeps the whole book, in place of older snapshots. */
static void keep_snapshot(void) {
    stockbook_bytes bytes;
    char old[96];
    uint64_t sequence = sequence_of_book();
    must(stockbook_snapshot(book, &bytes));
    run("BEGIN IMMEDIATE");
    put("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", sequence, &bytes);
    snprintf(old, sizeof old, "DELETE FROM snapshots WHERE sequence < %" PRIu64, sequence);
    run(old);
    run("COMMIT");
    stockbook_bytes_free(&bytes);
}

/* Says how far the file has come. */
static void tell(void) {
    uint64_t hash;
    must(stockbook_state_hash(book, &hash));
    printf("%" PRIu64 " %016" PRIx64 "\n", sequence_of_book(), hash);
    fflush(stdout);
}

int main(int argc, char **argv) {
    sqlite3_stmt *rows;
    char id[32];
    long number;
    if (argc != 3) {
        fprintf(stderr, "give a file and a number of orders\n");
        return EXIT_FAILURE;
    }
    done(sqlite3_open(argv[1], &database), SQLITE_OK);
    run(SCHEMA);
    recover();
    tell();
    /* Master data and stock, unless they are there. */
    for (number = 0; number < SETUP; number++) {
        uint64_t before = sequence_of_book();
        if (before > (uint64_t)number) {
            continue;
        }
        snprintf(id, sizeof id, "setup-%ld", number + 1);
        if (!say(id, 0, setup[number])) {
            fprintf(stderr, "refused: %s\n", setup[number]);
            return EXIT_FAILURE;
        }
        run("BEGIN IMMEDIATE");
        keep_events(before);
        run("COMMIT");
    }
    rows = prepare("SELECT count(*) FROM orders");
    done(sqlite3_step(rows), SQLITE_ROW);
    number = (long)sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    for (number++; number <= atol(argv[2]); number++) {
        place(number);
        tell();
        if (number % SNAPSHOT_EVERY == 0) {
            keep_snapshot();
        }
    }
    must(stockbook_close(book));
    sqlite3_close(database);
    return EXIT_SUCCESS;
}
