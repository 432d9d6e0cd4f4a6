// A reader in C++: it sees what the book commits, outlives the book, and closes itself; an error says
// what it has to say once.
#include "stockbook.hpp"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

void must(bool holds, const std::string &what) {
    if (!holds) {
        throw std::logic_error(what);
    }
}

std::string said(const std::string &id, const std::string &command) {
    return R"({"id":")" + id + R"(","at":"2026-01-05T09:00:00Z","command":)" + command + "}";
}

void story() {
    std::optional<stockbook::book> book{std::in_place};
    book->execute(said("1", R"({"define_sku":{"sku":"TEE"}})"));
    book->execute(said("2", R"({"define_node":{"node":"RENO","kind":"warehouse",
        "place":{"lat":"39.5","lon":"-119.8"}}})"));
    const std::uint32_t tee = book->id(STOCKBOOK_KIND_SKU, "TEE");
    const std::uint32_t reno = book->id(STOCKBOOK_KIND_NODE, "RENO");
    stockbook::reader first(*book);
    must(first.available(tee, reno) == 0, "nothing is there");
    book->execute(said("3", R"({"receive_goods":{"receipt":"R","node":"RENO","lines":[
        {"sku":"TEE","qty":7,"unit_cost":"8.00"}]}})"));
    must(first.available(tee, reno) == 7, "what came in is seen at once");
    stockbook::reader reader = std::move(first);
    book.reset();
    const std::uint32_t skus[] = {tee, tee}, nodes[] = {reno, reno + 1};
    std::int64_t available[] = {-1, -1};
    must(reader.read(skus, nodes, 2, available) > 0, "a commit has a number");
    must(available[0] == 7 && available[1] == 0, "it outlives the book");
    try {
        first.available(tee, reno);
        must(false, "a reader that was moved from reads");
    } catch (const stockbook::error &problem) {
        const std::string words = stockbook_status_text(problem.status());
        must(problem.what() == words, std::string("said once: ") + problem.what());
    }
}

} // namespace

int main() {
    try {
        story();
        return EXIT_SUCCESS;
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << '\n';
        return EXIT_FAILURE;
    }
}
