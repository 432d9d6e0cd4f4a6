/*
 * Hot verbs by columns, and a report through the Arrow C Data Interface: a feed of receipts and
 * orders in three calls, then the stock as a table.
 *
 *     cc -std=c99 columns.c -I../../include -lstockbook -o columns && ./columns
 */
#include "stockbook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKUS = 2, NODES = 2, RECEIPTS = 3, ORDERS = 4, LINES = 5 };

static const int64_t DAY = INT64_C(86400000000);           /* in microseconds */
static const int64_t MONDAY = INT64_C(1767603600000000);   /* 2026-01-05T09:00:00Z */

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

/* Says something to the book in JSON. */
static void tell(uint64_t book, const char *request) {
    stockbook_bytes answer;
    stockbook_status status = stockbook_execute(book, request, strlen(request), &answer);
    if (status == STOCKBOOK_STATUS_REJECTED) {
        fprintf(stderr, "%s\n", answer.data);
        exit(EXIT_FAILURE);
    }
    must(status);
    must(stockbook_bytes_free(&answer));
}

/* The id of a code. */
static uint32_t id(uint64_t book, stockbook_kind kind, const char *code) {
    uint32_t found;
    must(stockbook_id(book, kind, code, strlen(code), &found));
    return found;
}

#define SAY(id, command) \
    "{\"id\":\"" id "\",\"at\":\"2026-01-05T08:00:00Z\",\"command\":" command "}"

/* Two SKUs, two nodes, a channel, a carrier. */
static void set_up(uint64_t book) {
    tell(book, SAY("set-up-1", "{\"define_sku\":{\"sku\":\"TEE\",\"price\":\"24.00\"}}"));
    tell(book, SAY("set-up-2", "{\"define_sku\":{\"sku\":\"MUG\",\"price\":\"15.00\"}}"));
    tell(book, SAY("set-up-3", "{\"define_node\":{\"node\":\"EAST\",\"kind\":\"warehouse\","
                               "\"place\":{\"lat\":\"40.0\",\"lon\":\"-75.0\"}}}"));
    tell(book, SAY("set-up-4", "{\"define_node\":{\"node\":\"WEST\",\"kind\":\"warehouse\","
                               "\"place\":{\"lat\":\"37.0\",\"lon\":\"-120.0\"}}}"));
    tell(book, SAY("set-up-5", "{\"define_channel\":{\"channel\":\"SHOP\","
                               "\"promise_hours\":240}}"));
    tell(book, SAY("set-up-6", "{\"define_service\":{\"service\":\"GROUND\",\"zones\":["
                               "{\"up_to_km\":6000,\"transit_hours\":96,\"base\":\"7.00\","
                               "\"per_kg\":\"1.00\"}]}}"));
}

/* Three receipts: T-shirts at both nodes, mugs in the east. */
static void receive(uint64_t book) {
    uint32_t tee = id(book, STOCKBOOK_KIND_SKU, "TEE"), mug = id(book, STOCKBOOK_KIND_SKU, "MUG");
    uint32_t east = id(book, STOCKBOOK_KIND_NODE, "EAST");
    uint32_t west = id(book, STOCKBOOK_KIND_NODE, "WEST");
    uint64_t command[RECEIPTS] = {1, 2, 3};
    int64_t at[RECEIPTS] = {MONDAY, MONDAY, MONDAY};
    int64_t qty[RECEIPTS] = {10, 10, 4};
    int64_t unit_cost[RECEIPTS] = {8000000, 8200000, 4000000};
    uint32_t node[RECEIPTS], sku[RECEIPTS];
    uint16_t rejection[RECEIPTS];
    uint64_t sequence[RECEIPTS];
    stockbook_receipt_columns receipts;
    stockbook_outcomes outcomes;
    int row;
    node[0] = east, node[1] = west, node[2] = east;
    sku[0] = tee, sku[1] = tee, sku[2] = mug;
    memset(&receipts, 0, sizeof receipts); /* what is left NULL is left out */
    receipts.source = "feed", receipts.source_len = 4;
    receipts.rows = RECEIPTS;
    receipts.command = command, receipts.at = at;
    receipts.node = node, receipts.sku = sku;
    receipts.qty = qty, receipts.unit_cost = unit_cost;
    outcomes.rejection = rejection, outcomes.sequence = sequence;
    must(stockbook_receive_goods(book, &receipts, &outcomes));
    for (row = 0; row < RECEIPTS; row++) {
        printf("receipt %" PRIu64 ": rejection %u, event %" PRIu64 "\n", command[row],
               (unsigned)rejection[row], sequence[row]);
    }
}

/* Four orders of five lines. The third one asks for more than there is and waits; the last one
 * names a channel that does not exist and is refused, by itself. */
static void place(uint64_t book) {
    uint32_t tee = id(book, STOCKBOOK_KIND_SKU, "TEE"), mug = id(book, STOCKBOOK_KIND_SKU, "MUG");
    uint32_t shop = id(book, STOCKBOOK_KIND_CHANNEL, "SHOP");
    uint64_t command[ORDERS] = {11, 12, 13, 14};
    uint64_t order[ORDERS] = {1001, 1002, 1003, 1004};
    int64_t at[ORDERS], qty[LINES] = {2, 1, 3, 50, 1};
    int64_t lat[ORDERS] = {40712800000, 34052200000, 41878100000, 29760400000};
    int64_t lon[ORDERS] = {-74006000000, -118243700000, -87629800000, -95369800000};
    uint32_t channel[ORDERS], sku[LINES];
    uint32_t line_start[ORDERS + 1] = {0, 2, 3, 4, 5};
    uint16_t rejection[ORDERS];
    uint32_t line_node[LINES];
    int64_t line_reserved[LINES], line_backordered[LINES];
    stockbook_order_columns orders;
    stockbook_order_outcomes outcomes;
    uint32_t row, line;
    for (row = 0; row < ORDERS; row++) {
        at[row] = MONDAY + DAY;
        channel[row] = row == 3 ? UINT32_MAX : shop;
    }
    sku[0] = tee, sku[1] = mug, sku[2] = tee, sku[3] = tee, sku[4] = mug;
    memset(&orders, 0, sizeof orders);
    memset(&outcomes, 0, sizeof outcomes);
    orders.source = "feed", orders.source_len = 4;
    orders.orders = ORDERS, orders.lines = LINES;
    orders.command = command, orders.order = order, orders.at = at, orders.channel = channel;
    orders.lat = lat, orders.lon = lon;
    orders.line_start = line_start, orders.sku = sku, orders.qty = qty;
    outcomes.rejection = rejection, outcomes.line_node = line_node;
    outcomes.line_reserved = line_reserved, outcomes.line_backordered = line_backordered;
    must(stockbook_place_orders(book, &orders, &outcomes));
    for (row = 0; row < ORDERS; row++) {
        printf("order %" PRIu64 ": rejection %u\n", order[row], (unsigned)rejection[row]);
        for (line = line_start[row]; rejection[row] == 0 && line < line_start[row + 1]; line++) {
            printf("  line: %" PRId64 " reserved, %" PRId64 " backordered\n", line_reserved[line],
                   line_backordered[line]);
        }
    }
}

/* Both lines of order 1001 leave the east. */
static void ship(uint64_t book) {
    uint64_t command = 21, order = 1001;
    int64_t at = MONDAY + 2 * DAY;
    uint32_t east = id(book, STOCKBOOK_KIND_NODE, "EAST");
    uint16_t rejection;
    stockbook_shipment_columns shipments;
    stockbook_outcomes outcomes;
    memset(&shipments, 0, sizeof shipments);
    shipments.source = "feed", shipments.source_len = 4;
    shipments.rows = 1;
    shipments.command = &command, shipments.at = &at;
    shipments.order = &order, shipments.node = &east;
    outcomes.rejection = &rejection, outcomes.sequence = NULL;
    must(stockbook_ship_orders(book, &shipments, &outcomes));
    printf("shipment of %" PRIu64 ": rejection %u\n", order, (unsigned)rejection);
}

/* Prints a value of a column, by the type that its schema names. */
static void print_value(const struct ArrowSchema *field, const struct ArrowArray *column,
                        int64_t row) {
    row += column->offset;
    if (strcmp(field->format, "u") == 0) {
        const int32_t *ends = (const int32_t *)column->buffers[1];
        const char *text = (const char *)column->buffers[2];
        printf("%.*s", (int)(ends[row + 1] - ends[row]), text + ends[row]);
    } else if (strcmp(field->format, "I") == 0) {
        printf("%" PRIu32, ((const uint32_t *)column->buffers[1])[row]);
    } else if (strcmp(field->format, "l") == 0) {
        printf("%" PRId64, ((const int64_t *)column->buffers[1])[row]);
    } else { /* d:19,6: 128 bits, of which the lower 64 hold every amount of a book */
        const unsigned char *data = (const unsigned char *)column->buffers[1] + 16 * row;
        int64_t micros;
        memcpy(&micros, data, sizeof micros);
        printf("%s%lld.%06lld", micros < 0 ? "-" : "", llabs(micros) / 1000000,
               llabs(micros) % 1000000);
    }
}

/* Prints a report as a table, and gives it back. */
static void print_report(uint64_t book, stockbook_report report) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    int64_t row, column;
    must(stockbook_report_arrow(book, report, &schema, &array));
    for (column = 0; column < schema.n_children; column++) {
        printf("%s%s", column == 0 ? "" : ",", schema.children[column]->name);
    }
    printf("\n");
    for (row = 0; row < array.length; row++) {
        for (column = 0; column < array.n_children; column++) {
            printf("%s", column == 0 ? "" : ",");
            print_value(schema.children[column], array.children[column], row);
        }
        printf("\n");
    }
    schema.release(&schema);
    array.release(&array);
}

int main(void) {
    uint64_t book;
    must(stockbook_open(&book));
    set_up(book);
    receive(book);
    place(book);
    ship(book);
    print_report(book, STOCKBOOK_REPORT_STOCK);
    print_report(book, STOCKBOOK_REPORT_TRIAL_BALANCE);
    must(stockbook_verify(book));
    must(stockbook_close(book));
    return EXIT_SUCCESS;
}
