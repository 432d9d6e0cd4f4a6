// The seed story: a brand that sells direct to consumers, through its own shop (premium and
// standard), a marketplace and wholesale, from two own warehouses and one 3PL.
//
//     c++ -std=c++17 seed_story.cpp -I../../include -lstockbook -o seed_story && ./seed_story
#include "stockbook.hpp"

#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>

namespace {

class story {
  public:
    // Moves the story on.
    void at(const std::string &instant, const std::string &what) {
        now_ = instant;
        std::cout << instant << "  " << what << '\n';
    }

    // Says something to the book.
    void tell(const std::string &command) {
        book.execute(R"({"id":"story-)" + std::to_string(++commands_) +
                     R"(","source":"shop","actor":"ann","at":")" + now_ + R"(","command":)" +
                     command + "}");
    }

    // Says what must be refused, and prints why it was.
    void try_in_vain(const std::string &command) {
        try {
            tell(command);
        } catch (const stockbook::rejection &no) {
            std::cout << "  " << no.json() << '\n';
            return;
        }
        throw std::logic_error("accepted: " + command);
    }

    // Asks the book, and prints its answer.
    void ask(const std::string &question) const {
        std::cout << "  " << book.ask(R"({"ask":)" + question + "}") << '\n';
    }

    stockbook::book book;

  private:
    std::string now_;
    unsigned commands_ = 0;
};

void set_up(story &story) {
    story.at("2026-01-05T09:00:00Z", "Two own warehouses and a 3PL, four channels, two carriers.");
    story.tell(R"({"define_sku":{"sku":"TEE","name":"T-shirt","weight_g":200,"price":"24.00"}})");
    story.tell(R"({"define_sku":{"sku":"MUG","name":"Mug","weight_g":400,"price":"15.00",
        "costing":"fifo"}})");
    story.tell(R"({"define_node":{"node":"RENO","name":"Reno","kind":"warehouse",
        "place":{"lat":"39.5296","lon":"-119.8138"},"handling_per_order":"1.00"}})");
    story.tell(R"({"define_node":{"node":"COLUMBUS","name":"Columbus","kind":"warehouse",
        "place":{"lat":"39.9612","lon":"-82.9988"},"handling_per_order":"1.00"}})");
    story.tell(R"({"define_node":{"node":"DALLAS","name":"Dallas 3PL","kind":"third_party",
        "place":{"lat":"32.7767","lon":"-96.7970"},"handling_per_order":"2.50"}})");
    story.tell(R"({"define_service":{"service":"GROUND","zones":[
        {"up_to_km":1000,"transit_hours":48,"base":"5.00","per_kg":"0.50"},
        {"up_to_km":5000,"transit_hours":120,"base":"7.00","per_kg":"0.90"}]}})");
    story.tell(R"({"define_service":{"service":"AIR","zones":[
        {"up_to_km":5000,"transit_hours":24,"base":"18.00","per_kg":"4.00"}]}})");
    story.tell(R"({"define_channel":{"channel":"PREMIUM","promise_hours":72,"priority":0}})");
    story.tell(R"({"define_channel":{"channel":"STANDARD","promise_hours":168,"priority":1,
        "services":["GROUND"]}})");
    story.tell(R"({"define_channel":{"channel":"MARKET","promise_hours":168,"priority":2,
        "services":["GROUND"]}})");
    story.tell(R"({"define_channel":{"channel":"WHOLESALE","promise_hours":336,"priority":3,
        "services":["GROUND"]}})");
    story.tell(R"({"define_supplier":{"supplier":"MILL","lead_time_days":30,"expedite_days":5,
        "expedite_premium":"0.15"}})");
    story.tell(R"({"define_reason":{"reason":"outage","name":"The site is down"}})");
}

void set_rules(story &story) {
    story.at("2026-01-05T10:00:00Z", "Premium orders from the nearest own site, others by cost.");
    story.tell(R"({"set_policy":{"name":"seed story","rules":[
        {"name":"premium: nearest own site","when":{"channels":["PREMIUM"]},"then":{
        "node_kinds":["warehouse"],
        "tiers":[[{"measure":"unfilled_units","weight":"100"}],
        [{"measure":"distance_km","weight":"1"}]]}},
        {"name":"marketplace: 3PL","when":{"channels":["MARKET"]},"then":{
        "node_kinds":["third_party"],
        "tiers":[[{"measure":"unfilled_units","weight":"100"}],
        [{"measure":"freight","weight":"1"}]]}}],
        "otherwise":{"nodes_max":3,"line_split":"allowed","backorder_units_max":50,
        "tiers":[[{"measure":"unfilled_units","weight":"100"}],
        [{"measure":"freight","weight":"1"},{"measure":"handling","weight":"1"},
        {"measure":"shipments","weight":"3.00"}]]}}})");
    story.tell(R"({"set_reorder_rule":{"sku":"TEE","node":"COLUMBUS","supplier":"MILL",
        "unit_cost":"8.00","reorder_point":20,"order_up_to":100,"expedite_below":5}})");
}

void receive(story &story) {
    story.at("2026-01-06T08:00:00Z", "Goods come in; at both own sites some are kept for premium.");
    story.tell(R"({"receive_goods":{"receipt":"R-1","node":"RENO","lines":[
        {"sku":"TEE","qty":40,"unit_cost":"8.00"},{"sku":"MUG","qty":30,"unit_cost":"4.00"}]}})");
    story.tell(R"({"receive_goods":{"receipt":"R-2","node":"COLUMBUS","lines":[
        {"sku":"TEE","qty":25,"unit_cost":"8.20"}]}})");
    story.tell(R"({"receive_goods":{"receipt":"R-3","node":"DALLAS","lines":[
        {"sku":"TEE","qty":10,"unit_cost":"8.10"},{"sku":"MUG","qty":5,"unit_cost":"4.20"}]}})");
    story.tell(R"({"set_protection":{"sku":"TEE","node":"COLUMBUS","channel":"PREMIUM","qty":5}})");
    story.tell(R"({"set_protection":{"sku":"TEE","node":"RENO","channel":"PREMIUM","qty":5}})");
}

void sell(story &story) {
    story.at("2026-01-07T09:00:00Z", "A premium order from New York goes to Columbus.");
    story.tell(R"({"place_order":{"order":"P-1","channel":"PREMIUM",
        "to":{"lat":"40.7128","lon":"-74.0060"},"lines":[{"sku":"TEE","qty":2}]}})");
    story.ask(R"({"order":{"document":"P-1"}})");
    story.at("2026-01-07T09:10:00Z", "A standard order from Los Angeles goes to Reno.");
    story.tell(R"({"place_order":{"order":"S-1","channel":"STANDARD",
        "to":{"lat":"34.0522","lon":"-118.2437"},
        "lines":[{"sku":"TEE","qty":1},{"sku":"MUG","qty":1}]}})");
    story.ask(R"({"order":{"document":"S-1"}})");
    story.at("2026-01-07T09:20:00Z", "A marketplace order from Houston goes to the 3PL.");
    story.tell(R"({"place_order":{"order":"M-1","channel":"MARKET",
        "to":{"lat":"29.7604","lon":"-95.3698"},"lines":[{"sku":"TEE","qty":1}]}})");
    story.ask(R"({"order":{"document":"M-1"}})");
    story.at("2026-01-07T09:30:00Z", "A wholesale order needs two sites: it is split.");
    story.tell(R"({"place_order":{"order":"W-1","channel":"WHOLESALE",
        "to":{"lat":"41.8781","lon":"-87.6298"},"lines":[{"sku":"TEE","qty":50}]}})");
    story.ask(R"({"order":{"document":"W-1"}})");
    story.at("2026-01-07T09:40:00Z", "One more waits for goods; one that is too large is refused.");
    story.tell(R"({"place_order":{"order":"W-2","channel":"WHOLESALE",
        "to":{"lat":"41.8781","lon":"-87.6298"},"lines":[{"sku":"TEE","qty":30}]}})");
    story.ask(R"({"order":{"document":"W-2"}})");
    story.try_in_vain(R"({"place_order":{"order":"W-3","channel":"WHOLESALE",
        "to":{"lat":"41.8781","lon":"-87.6298"},"lines":[{"sku":"TEE","qty":500}]}})");
}

void outage(story &story) {
    story.at("2026-01-07T11:00:00Z", "Columbus is down: its premium order moves to Reno.");
    story.tell(R"({"set_node_status":{"node":"COLUMBUS","status":"closed","reason":"outage"}})");
    story.tell(R"({"reallocate_order":{"order":"P-1","reason":"outage"}})");
    story.ask(R"({"order":{"document":"P-1"}})");
    story.ask(R"({"exceptions":{}})");
    story.at("2026-01-07T16:00:00Z", "The premium order leaves.");
    story.tell(R"({"ship_order":{"order":"P-1","node":"RENO"}})");
    story.at("2026-01-08T08:00:00Z", "Columbus is back.");
    story.tell(R"({"set_node_status":{"node":"COLUMBUS","status":"open","reason":"outage"}})");
}

void replenish(story &story) {
    story.at("2026-01-08T09:00:00Z", "The book proposes to buy; an expedited purchase comes in.");
    story.ask(R"({"proposals":{}})");
    story.tell(R"({"place_purchase_order":{"purchase_order":"PO-1","supplier":"MILL",
        "node":"COLUMBUS","speed":"expedited",
        "lines":[{"sku":"TEE","qty":100,"unit_cost":"9.20"}]}})");
    story.at("2026-01-12T08:00:00Z", "What waited is filled from the receipt.");
    story.tell(R"({"receive_goods":{"receipt":"R-4","node":"COLUMBUS","supplier":"MILL",
        "purchase_order":"PO-1","lines":[{"sku":"TEE","qty":100}]}})");
    story.ask(R"({"order":{"document":"W-2"}})");
}

void deliver(story &story) {
    story.at("2026-01-13T15:00:00Z", "Parcels leave.");
    story.tell(R"({"ship_order":{"order":"S-1","node":"RENO"}})");
    story.tell(R"({"ship_order":{"order":"M-1","node":"DALLAS"}})");
    story.at("2026-01-20T10:00:00Z", "The mug comes back, unhurt, and is refunded.");
    story.tell(R"({"receive_return":{"rma":"RMA-1","order":"S-1","node":"RENO","lines":[
        {"line":2,"qty":1,"disposition":"restock","refund":"15.00"}]}})");
}

void balance(story &story) {
    story.at("2026-01-20T18:00:00Z", "What is there, and what the books say.");
    story.ask(R"({"stock":{"sku":"TEE"}})");
    story.ask(R"({"stock":{"sku":"MUG"}})");
    story.ask(R"({"trial_balance":{}})");
    story.book.verify();
    std::cout << "The book is sound; its hash is " << std::hex << std::setfill('0')
              << std::setw(16) << story.book.state_hash() << ".\n";
}

} // namespace

int main() {
    try {
        story story;
        set_up(story);
        set_rules(story);
        receive(story);
        sell(story);
        outage(story);
        replenish(story);
        deliver(story);
        balance(story);
        return EXIT_SUCCESS;
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << '\n';
        return EXIT_FAILURE;
    }
}
