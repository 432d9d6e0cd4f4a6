/*
 * The seed story: a brand that sells direct to consumers, through its own shop (premium and
 * standard), a marketplace and wholesale, from two own warehouses and one 3PL.
 *
 *     cc -std=c99 seed_story.c -I../../include -lstockbook -o seed_story && ./seed_story
 *
 * To keep the JSON readable in C, it is written here with ' for ".
 */
#include "stockbook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t book;      /* the one book of this story */
static const char *now;    /* when the next command is said */
static unsigned commands;  /* how many were said: their ids */

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

/* Writes JSON as it must be: " for '. */
static void quote(char *json) {
    for (; *json != '\0'; json++) {
        if (*json == '\'') {
            *json = '"';
        }
    }
}

/* Says something to the book. Gives whether it was accepted, and prints why if it was not. */
static int say(const char *command) {
    char request[4096];
    stockbook_bytes answer;
    stockbook_status status;
    int length;
    commands++;
    length = snprintf(request, sizeof request,
                      "{'id':'story-%u','source':'shop','actor':'ann','at':'%s','command':%s}",
                      commands, now, command);
    if (length < 0 || (size_t)length >= sizeof request) {
        fprintf(stderr, "too long: %s\n", command);
        exit(EXIT_FAILURE);
    }
    quote(request);
    status = stockbook_execute(book, request, (size_t)length, &answer);
    if (status != STOCKBOOK_STATUS_REJECTED) {
        must(status);
    } else {
        printf("  %s\n", answer.data);
    }
    stockbook_bytes_free(&answer);
    return status == STOCKBOOK_STATUS_OK;
}

/* Says what cannot be refused. */
static void tell(const char *command) {
    if (!say(command)) {
        fprintf(stderr, "refused: %s\n", command);
        exit(EXIT_FAILURE);
    }
}

/* Says what must be refused. */
static void try_in_vain(const char *command) {
    if (say(command)) {
        fprintf(stderr, "accepted: %s\n", command);
        exit(EXIT_FAILURE);
    }
}

/* Asks the book, and prints its answer. */
static void ask(const char *question) {
    char request[1024];
    stockbook_bytes answer;
    int length = snprintf(request, sizeof request, "{'ask':%s}", question);
    if (length < 0 || (size_t)length >= sizeof request) {
        fprintf(stderr, "too long: %s\n", question);
        exit(EXIT_FAILURE);
    }
    quote(request);
    must(stockbook_ask(book, request, (size_t)length, &answer));
    printf("  %s\n", answer.data);
    stockbook_bytes_free(&answer);
}

/* Moves the story on. */
static void at(const char *instant, const char *what) {
    now = instant;
    printf("%s  %s\n", instant, what);
}

static void set_up(void) {
    at("2026-01-05T09:00:00Z", "Two own warehouses and a 3PL, four channels, two carriers.");
    tell("{'define_sku':{'sku':'TEE','name':'T-shirt','weight_g':200,'price':'24.00'}}");
    tell("{'define_sku':{'sku':'MUG','name':'Mug','weight_g':400,'price':'15.00',"
         "'costing':'fifo'}}");
    tell("{'define_node':{'node':'RENO','name':'Reno','kind':'warehouse',"
         "'place':{'lat':'39.5296','lon':'-119.8138'},'handling_per_order':'1.00'}}");
    tell("{'define_node':{'node':'COLUMBUS','name':'Columbus','kind':'warehouse',"
         "'place':{'lat':'39.9612','lon':'-82.9988'},'handling_per_order':'1.00'}}");
    tell("{'define_node':{'node':'DALLAS','name':'Dallas 3PL','kind':'third_party',"
         "'place':{'lat':'32.7767','lon':'-96.7970'},'handling_per_order':'2.50'}}");
    tell("{'define_service':{'service':'GROUND','zones':["
         "{'up_to_km':1000,'transit_hours':48,'base':'5.00','per_kg':'0.50'},"
         "{'up_to_km':5000,'transit_hours':120,'base':'7.00','per_kg':'0.90'}]}}");
    tell("{'define_service':{'service':'AIR','zones':["
         "{'up_to_km':5000,'transit_hours':24,'base':'18.00','per_kg':'4.00'}]}}");
    tell("{'define_channel':{'channel':'PREMIUM','promise_hours':72,'priority':0}}");
    tell("{'define_channel':{'channel':'STANDARD','promise_hours':168,'priority':1,"
         "'services':['GROUND']}}");
    tell("{'define_channel':{'channel':'MARKET','promise_hours':168,'priority':2,"
         "'services':['GROUND']}}");
    tell("{'define_channel':{'channel':'WHOLESALE','promise_hours':336,'priority':3,"
         "'services':['GROUND']}}");
    tell("{'define_supplier':{'supplier':'MILL','lead_time_days':30,'expedite_days':5,"
         "'expedite_premium':'0.15'}}");
    tell("{'define_reason':{'reason':'outage','name':'The site is down'}}");
}

static void set_rules(void) {
    at("2026-01-05T10:00:00Z", "Premium orders from the nearest own site, others by cost.");
    tell("{'set_policy':{'name':'seed story','rules':["
         "{'name':'premium: nearest own site','when':{'channels':['PREMIUM']},'then':{"
         "'node_kinds':['warehouse'],"
         "'tiers':[[{'measure':'unfilled_units','weight':'100'}],"
         "[{'measure':'distance_km','weight':'1'}]]}},"
         "{'name':'marketplace: 3PL','when':{'channels':['MARKET']},'then':{"
         "'node_kinds':['third_party'],"
         "'tiers':[[{'measure':'unfilled_units','weight':'100'}],"
         "[{'measure':'freight','weight':'1'}]]}}],"
         "'otherwise':{'nodes_max':3,'line_split':'allowed','backorder_units_max':50,"
         "'tiers':[[{'measure':'unfilled_units','weight':'100'}],"
         "[{'measure':'freight','weight':'1'},{'measure':'handling','weight':'1'},"
         "{'measure':'shipments','weight':'3.00'}]]}}}");
    tell("{'set_reorder_rule':{'sku':'TEE','node':'COLUMBUS','supplier':'MILL',"
         "'unit_cost':'8.00','reorder_point':20,'order_up_to':100,'expedite_below':5}}");
}

static void receive(void) {
    at("2026-01-06T08:00:00Z", "Goods come in; at both own sites some are kept for premium.");
    tell("{'receive_goods':{'receipt':'R-1','node':'RENO','lines':["
         "{'sku':'TEE','qty':40,'unit_cost':'8.00'},{'sku':'MUG','qty':30,'unit_cost':'4.00'}]}}");
    tell("{'receive_goods':{'receipt':'R-2','node':'COLUMBUS','lines':["
         "{'sku':'TEE','qty':25,'unit_cost':'8.20'}]}}");
    tell("{'receive_goods':{'receipt':'R-3','node':'DALLAS','lines':["
         "{'sku':'TEE','qty':10,'unit_cost':'8.10'},{'sku':'MUG','qty':5,'unit_cost':'4.20'}]}}");
    tell("{'set_protection':{'sku':'TEE','node':'COLUMBUS','channel':'PREMIUM','qty':5}}");
    tell("{'set_protection':{'sku':'TEE','node':'RENO','channel':'PREMIUM','qty':5}}");
}

static void sell(void) {
    at("2026-01-07T09:00:00Z", "A premium order from New York goes to Columbus.");
    tell("{'place_order':{'order':'P-1','channel':'PREMIUM',"
         "'to':{'lat':'40.7128','lon':'-74.0060'},'lines':[{'sku':'TEE','qty':2}]}}");
    ask("{'order':{'document':'P-1'}}");
    at("2026-01-07T09:10:00Z", "A standard order from Los Angeles goes to Reno.");
    tell("{'place_order':{'order':'S-1','channel':'STANDARD',"
         "'to':{'lat':'34.0522','lon':'-118.2437'},"
         "'lines':[{'sku':'TEE','qty':1},{'sku':'MUG','qty':1}]}}");
    ask("{'order':{'document':'S-1'}}");
    at("2026-01-07T09:20:00Z", "A marketplace order from Houston goes to the 3PL.");
    tell("{'place_order':{'order':'M-1','channel':'MARKET',"
         "'to':{'lat':'29.7604','lon':'-95.3698'},'lines':[{'sku':'TEE','qty':1}]}}");
    ask("{'order':{'document':'M-1'}}");
    at("2026-01-07T09:30:00Z", "A wholesale order needs two sites: it is split.");
    tell("{'place_order':{'order':'W-1','channel':'WHOLESALE',"
         "'to':{'lat':'41.8781','lon':'-87.6298'},'lines':[{'sku':'TEE','qty':50}]}}");
    ask("{'order':{'document':'W-1'}}");
    at("2026-01-07T09:40:00Z", "One more waits for goods; one that is too large is refused.");
    tell("{'place_order':{'order':'W-2','channel':'WHOLESALE',"
         "'to':{'lat':'41.8781','lon':'-87.6298'},'lines':[{'sku':'TEE','qty':30}]}}");
    ask("{'order':{'document':'W-2'}}");
    try_in_vain("{'place_order':{'order':'W-3','channel':'WHOLESALE',"
                "'to':{'lat':'41.8781','lon':'-87.6298'},'lines':[{'sku':'TEE','qty':500}]}}");
}

static void outage(void) {
    at("2026-01-07T11:00:00Z", "Columbus is down: its premium order moves to Reno.");
    tell("{'set_node_status':{'node':'COLUMBUS','status':'closed','reason':'outage'}}");
    tell("{'reallocate_order':{'order':'P-1','reason':'outage'}}");
    ask("{'order':{'document':'P-1'}}");
    ask("{'exceptions':{}}");
    at("2026-01-07T16:00:00Z", "The premium order leaves.");
    tell("{'ship_order':{'order':'P-1','node':'RENO'}}");
    at("2026-01-08T08:00:00Z", "Columbus is back.");
    tell("{'set_node_status':{'node':'COLUMBUS','status':'open','reason':'outage'}}");
}

static void replenish(void) {
    at("2026-01-08T09:00:00Z", "The book proposes to buy; an expedited purchase comes in.");
    ask("{'proposals':{}}");
    tell("{'place_purchase_order':{'purchase_order':'PO-1','supplier':'MILL','node':'COLUMBUS',"
         "'speed':'expedited','lines':[{'sku':'TEE','qty':100,'unit_cost':'9.20'}]}}");
    at("2026-01-12T08:00:00Z", "What waited is filled from the receipt.");
    tell("{'receive_goods':{'receipt':'R-4','node':'COLUMBUS','supplier':'MILL',"
         "'purchase_order':'PO-1','lines':[{'sku':'TEE','qty':100}]}}");
    ask("{'order':{'document':'W-2'}}");
}

static void deliver(void) {
    at("2026-01-13T15:00:00Z", "Parcels leave.");
    tell("{'ship_order':{'order':'S-1','node':'RENO'}}");
    tell("{'ship_order':{'order':'M-1','node':'DALLAS'}}");
    at("2026-01-20T10:00:00Z", "The mug comes back, unhurt, and is refunded.");
    tell("{'receive_return':{'rma':'RMA-1','order':'S-1','node':'RENO','lines':["
         "{'line':2,'qty':1,'disposition':'restock','refund':'15.00'}]}}");
}

static void balance(void) {
    uint64_t hash;
    at("2026-01-20T18:00:00Z", "What is there, and what the books say.");
    ask("{'stock':{'sku':'TEE'}}");
    ask("{'stock':{'sku':'MUG'}}");
    ask("{'trial_balance':{}}");
    must(stockbook_verify(book));
    must(stockbook_state_hash(book, &hash));
    printf("The book is sound; its hash is %016" PRIx64 ".\n", hash);
}

int main(void) {
    must(stockbook_open(&book));
    set_up();
    set_rules();
    receive();
    sell();
    outage();
    replenish();
    deliver();
    balance();
    must(stockbook_close(book));
    return EXIT_SUCCESS;
}
