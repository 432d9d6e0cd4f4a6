/*
 * stockbook for C++17: a book that closes itself, bytes that free themselves, exceptions that carry
 * what went wrong. Header only, over stockbook.h, whose contract holds here too.
 *
 *     stockbook::book book;
 *     std::string receipt = book.execute(R"({"id":"1","at":"2026-01-05T09:00:00Z","command":…})");
 */
#ifndef STOCKBOOK_HPP
#define STOCKBOOK_HPP

#include "stockbook.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace stockbook {

/* Bytes of the library. */
class bytes {
  public:
    bytes() noexcept = default;
    bytes(bytes &&other) noexcept : held_(std::exchange(other.held_, stockbook_bytes{})) {}
    bytes &operator=(bytes &&other) noexcept {
        std::swap(held_, other.held_);
        return *this;
    }
    bytes(const bytes &) = delete;
    bytes &operator=(const bytes &) = delete;
    ~bytes() { stockbook_bytes_free(&held_); }

    std::string_view view() const noexcept { return {held_.data, held_.len}; }
    std::string text() const { return std::string(view()); }

    /* Where a call may leave its bytes; for one call. */
    stockbook_bytes *out() noexcept { return &held_; }

  private:
    stockbook_bytes held_{};
};

/* A call that failed. */
class error : public std::runtime_error {
  public:
    error(stockbook_status status, const std::string &what)
        : std::runtime_error(what), status_(status) {}
    stockbook_status status() const noexcept { return status_; }

  private:
    stockbook_status status_;
};

/* The book saying no: `{"rejection":{…}}`, or a plain text where columns do not fit together. */
class rejection : public error {
  public:
    explicit rejection(const std::string &json) : error(STOCKBOOK_STATUS_REJECTED, json) {}
    const char *json() const noexcept { return what(); }
};

/* Throws unless a call went well. */
inline void check(stockbook_status status) {
    if (status == STOCKBOOK_STATUS_OK) {
        return;
    }
    bytes fault;
    stockbook_last_fault(fault.out());
    if (status == STOCKBOOK_STATUS_REJECTED) {
        throw rejection(fault.text());
    }
    const std::string_view words = stockbook_status_text(status);
    const bool says_more = !fault.view().empty() && fault.view() != words;
    throw error(status, std::string(words) + (says_more ? ": " + fault.text() : ""));
}

/* A stock book, open as long as this object. One thread at a time: others get status BUSY. */
class book {
  public:
    book() { check(stockbook_open(&handle_)); }
    book(book &&other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
    book &operator=(book &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    book(const book &) = delete;
    book &operator=(const book &) = delete;
    ~book() {
        if (handle_ != 0) {
            stockbook_close(handle_);
        }
    }

    static book restore(std::string_view snapshot) {
        std::uint64_t handle = 0;
        check(stockbook_restore(snapshot.data(), snapshot.size(), &handle));
        return book(handle);
    }
    static book replay(std::string_view log) {
        std::uint64_t handle = 0;
        check(stockbook_replay(log.data(), log.size(), &handle));
        return book(handle);
    }

    /* Says something, and gives the answer in JSON. Throws `rejection`. */
    std::string execute(std::string_view request) {
        bytes answer;
        return answered(
            stockbook_execute(handle_, request.data(), request.size(), answer.out()), answer);
    }
    /* Asks something, and gives the answer in JSON. Throws `rejection`. */
    std::string ask(std::string_view request) const {
        bytes answer;
        return answered(
            stockbook_ask(handle_, request.data(), request.size(), answer.out()), answer);
    }

    void place_orders(const stockbook_order_columns &orders,
                      const stockbook_order_outcomes &outcomes) {
        check(stockbook_place_orders(handle_, &orders, &outcomes));
    }
    void receive_goods(const stockbook_receipt_columns &receipts,
                       const stockbook_outcomes &outcomes) {
        check(stockbook_receive_goods(handle_, &receipts, &outcomes));
    }
    void ship_orders(const stockbook_shipment_columns &shipments,
                     const stockbook_outcomes &outcomes) {
        check(stockbook_ship_orders(handle_, &shipments, &outcomes));
    }

    std::uint32_t id(stockbook_kind kind, std::string_view code) const {
        std::uint32_t id = 0;
        check(stockbook_id(handle_, kind, code.data(), code.size(), &id));
        return id;
    }
    std::string code(stockbook_kind kind, std::uint32_t id) const {
        bytes code;
        check(stockbook_code(handle_, kind, id, code.out()));
        return code.text();
    }

    std::uint64_t sequence() const {
        std::uint64_t sequence = 0;
        check(stockbook_sequence(handle_, &sequence));
        return sequence;
    }
    std::uint64_t state_hash() const {
        std::uint64_t hash = 0;
        check(stockbook_state_hash(handle_, &hash));
        return hash;
    }
    void verify() const { check(stockbook_verify(handle_)); }

    bytes snapshot() const {
        bytes snapshot;
        check(stockbook_snapshot(handle_, snapshot.out()));
        return snapshot;
    }
    bytes log(std::uint64_t from) const {
        bytes log;
        check(stockbook_log(handle_, from, log.out()));
        return log;
    }
    std::uint64_t apply_log(std::string_view log) {
        std::uint64_t sequence = 0;
        check(stockbook_apply_log(handle_, log.data(), log.size(), &sequence));
        return sequence;
    }
    /* The caller releases both. */
    void report(stockbook_report report, ArrowSchema &schema, ArrowArray &array) const {
        check(stockbook_report_arrow(handle_, report, &schema, &array));
    }

    /* For calls of stockbook.h that have no method here. */
    std::uint64_t handle() const noexcept { return handle_; }

  private:
    explicit book(std::uint64_t handle) noexcept : handle_(handle) {}

    static std::string answered(stockbook_status status, const bytes &answer) {
        if (status == STOCKBOOK_STATUS_REJECTED) {
            throw rejection(answer.text());
        }
        check(status);
        return answer.text();
    }

    std::uint64_t handle_ = 0;
};

/* Reads what is available in a book without ever waiting, in any number of threads at a time. It
   outlives the book, and then shows what was shown last. */
class reader {
  public:
    explicit reader(const book &book) { check(stockbook_reader_open(book.handle(), &handle_)); }
    reader(reader &&other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
    reader &operator=(reader &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    reader(const reader &) = delete;
    reader &operator=(const reader &) = delete;
    ~reader() {
        if (handle_ != 0) {
            stockbook_reader_close(handle_);
        }
    }

    /* Units available in `count` cells, all as of one commit, whose number it gives. */
    std::uint64_t read(const std::uint32_t *sku, const std::uint32_t *node, std::size_t count,
                       std::int64_t *available) const {
        std::uint64_t commit = 0;
        check(stockbook_reader_read(handle_, sku, node, count, available, &commit));
        return commit;
    }
    /* Units available in one cell. */
    std::int64_t available(std::uint32_t sku, std::uint32_t node) const {
        std::int64_t available = 0;
        read(&sku, &node, 1, &available);
        return available;
    }

  private:
    std::uint64_t handle_ = 0;
};

} // namespace stockbook

#endif // STOCKBOOK_HPP
