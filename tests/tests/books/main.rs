//! The books: what is posted, what goods cost, and whether both agree.

mod books;
mod checkers;
mod costs_again;
mod documents;
mod drop_shipments;
mod journals;
mod landed;
mod ledgers;
mod lots;
mod month_end;
mod ownership;
mod parts_and_wholes;
mod posting_cases;
mod posting_rows;
mod real_data;
mod standards;
mod two_ledgers;
