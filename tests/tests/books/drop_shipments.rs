//! What suppliers ship straight to customers: what comes back of it, who is owed for it, and which company. Every sum
//! is by hand.

use super::documents::{TWO_COMPANIES, Told, bill, order, receive, settle, ship};
use stockbook::Rejection;

/// ACME ships three to the customer for 7.00 each; two of them come back and go on to ACME, one before its bill and
/// one after it.
#[test]
fn what_was_shipped_straight_goes_back_the_same_way() {
    let mut told = Told::new(&[]);
    told.say(&order("O", r#"{"sku":"TEE","qty":3}"#, "null"));
    let drop = r#"{"drop_ship_order":{"drop_shipment":"D","order":"O","supplier":"ACME","lines":[{"line":1,"qty":3,"unit_cost":"7.00"}]}}"#;
    told.posts(drop, "1100 66.00, 2100 -21.00, 4000 -66.00, 5000 21.00");
    let back = |rma: &str| {
        format!(
            r#"{{"receive_return":{{"rma":"{rma}","order":"O","node":"DC","lines":[{{"line":1,"qty":1,"disposition":"return_to_vendor"}}]}}}}"#
        )
    };
    told.posts(&back("X"), "2100 7.00, 5000 -7.00");
    let bill = |qty: i64| {
        format!(
            r#"{{"receive_supplier_invoice":{{"invoice":"V","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"7.00","receipt":"D"}}]}}}}"#
        )
    };
    told.refuses(&bill(3), 503);
    told.posts(&bill(2), "2000 -14.00, 2100 14.00");
    told.posts(&back("Y"), "1400 7.00, 5000 -7.00");
    let credit = r#"{"receive_supplier_invoice":{"invoice":"C","supplier":"ACME","kind":"credit_note","lines":[{"sku":"TEE","amount":"7.00","vendor_return":"Y"}]}}"#;
    told.posts(credit, "1400 -7.00, 2000 7.00");
    let left: i64 = ["1300", "1400", "2100"].map(|code| told.balance(code)).iter().sum();
    assert_eq!((left, told.balance("2000"), told.balance("5000")), (0, -7_00, 7_00));
}

/// ACME ships two and one straight to the customer, for 7.00 each; all three come back as one line and go on to him.
#[test]
fn what_came_in_parts_goes_back_in_parts() {
    for (billed, credit, expected) in [
        (false, "", "1100 -10.00, 2100 21.00, 4100 10.00, 5000 -21.00"),
        // The second is billed: 12.00 of the credit are not owed, and 6.00 are claimed.
        (
            true,
            r#","credit":"18.00""#,
            "1100 -10.00, 1400 6.00, 2100 12.00, 4100 10.00, 5000 -21.00, 5020 3.00",
        ),
    ] {
        let mut told = Told::new(&[]);
        told.say(&order("O", r#"{"sku":"TEE","qty":3}"#, "null"));
        for (number, qty) in [("D", 2), ("E", 1)] {
            told.say(&format!(
                r#"{{"drop_ship_order":{{"drop_shipment":"{number}","order":"O","supplier":"ACME","lines":[{{"line":1,"qty":{qty},"unit_cost":"7.00"}}]}}}}"#
            ));
        }
        if billed {
            told.say(r#"{"receive_supplier_invoice":{"invoice":"V","supplier":"ACME","lines":[{"sku":"TEE","qty":1,"unit_cost":"7.00","receipt":"E"}]}}"#);
        }
        let back = |qty: i64| {
            format!(
                r#"{{"receive_return":{{"rma":"X","order":"O","node":"DC","lines":[{{"line":1,"qty":{qty},"refund":"10.00","disposition":"return_to_vendor"{credit}}}]}}}}"#
            )
        };
        let no = told.try_say(&back(4)).unwrap_err();
        assert_eq!(no, Rejection::MoreThanOpen { document: "O".into(), line: 1, asked: 4, open: 3 });
        told.posts(&back(3), expected);
    }
}

/// ACME ships one straight to the customer, BETA one, and ACME one more, for 7.00 each, and bill them; all come back
/// as one line. Each credits his own: ACME both in one line, or one after the other.
#[test]
fn what_two_suppliers_shipped_each_of_them_credits() {
    for at_once in [true, false] {
        let mut told =
            Told::new(&[r#"{"define_supplier":{"supplier":"BETA","lead_time_days":7,"expedite_days":2}}"#]);
        told.say(&order("O", r#"{"sku":"TEE","qty":3}"#, "null"));
        for (number, supplier) in [("D", "ACME"), ("E", "BETA"), ("F", "ACME")] {
            told.say(&format!(
                r#"{{"drop_ship_order":{{"drop_shipment":"{number}","order":"O","supplier":"{supplier}","lines":[{{"line":1,"qty":1,"unit_cost":"7.00"}}]}}}}"#
            ));
            told.say(&format!(
                r#"{{"receive_supplier_invoice":{{"invoice":"V-{number}","supplier":"{supplier}","lines":[{{"sku":"TEE","qty":1,"unit_cost":"7.00","receipt":"{number}"}}]}}}}"#
            ));
        }
        let back = r#"{"receive_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":3,"disposition":"return_to_vendor"}]}}"#;
        told.posts(back, "1400 21.00, 5000 -21.00");
        let some = |number: &str, qty: i64, amount: &str| {
            let line = format!(r#"{{"sku":"TEE","qty":{qty},"vendor_return":"X","amount":"{amount}"}}"#);
            bill(number, "credit_note", &line)
        };
        told.refuses(&some("C", 3, "21.00"), 503);
        if at_once {
            told.posts(&settle("C", "X", "13.00"), "1400 -14.00, 2000 13.00, 5020 1.00");
        } else {
            told.posts(&some("C", 1, "7.00"), "1400 -7.00, 2000 7.00");
            told.posts(&some("C-2", 1, "6.00"), "1400 -7.00, 2000 6.00, 5020 1.00");
        }
        told.refuses(&settle("C-3", "X", "7.00"), 503);
        told.posts(&settle("B", "X", "7.00").replace("ACME", "BETA"), "1400 -7.00, 2000 7.00");
        assert_eq!(told.balance("1400"), 0);
    }
}

/// MAKER's warehouse ships one of three, and ACME the two others for 7.00 each; SELLER has the channel. Who sold the
/// order owes for what ACME shipped, is billed for it, and takes it back: its home is MAKER's warehouse, or nowhere
/// yet, and then it is SELLER's.
#[test]
fn a_drop_shipment_its_bill_and_its_return_are_of_one_company() {
    for (first, seller) in [(true, "MAKER"), (false, "SELLER")] {
        let mut told = Told::new(&TWO_COMPANIES);
        told.say(r#"{"describe_channel":{"channel":"web","company":"SELLER"}}"#);
        told.say(
            r#"{"set_policy":{"name":"p","otherwise":{"line_split":"allowed","lateness":"allowed","shortage":"backorder","tiers":[[{"measure":"unfilled_units","weight":"1"}]]},"rules":[]}}"#,
        );
        let own = |told: &mut Told| {
            told.say(&receive("R", 1, "5.00"));
            if !first {
                told.say(r#"{"reallocate_order":{"order":"O","reason":"why"}}"#);
            }
        };
        if first {
            own(&mut told);
        }
        told.say(&order("O", r#"{"sku":"TEE","qty":3}"#, "null"));
        if first {
            told.say(&ship("O"));
        }
        told.say(
            r#"{"drop_ship_order":{"drop_shipment":"D","order":"O","supplier":"ACME","lines":[{"line":1,"qty":2,"unit_cost":"7.00"}]}}"#,
        );
        if !first {
            own(&mut told);
            told.say(&ship("O"));
        }
        let owed = |told: &Told, account: &str| {
            ["MAKER", "SELLER"].map(|company| {
                let view = told.consolidation();
                let known = view.companies.iter().any(|known| known.company == company);
                if known { told.company(company).get(account).copied().unwrap_or(0) } else { 0 }
            })
        };
        let of = |maker: i64, others: i64| {
            if seller == "MAKER" { [maker + others, 0] } else { [maker, others] }
        };
        // MAKER's one is its own in any case, sold at 22.00 and owed for at 5.00.
        assert_eq!(owed(&told, "1100"), of(22_00, 44_00), "{seller}");
        assert_eq!(owed(&told, "2100"), of(-5_00, -14_00), "{seller}");
        told.say(r#"{"receive_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":1,"disposition":"return_to_vendor"}]}}"#);
        assert_eq!(owed(&told, "2100"), of(-5_00, -7_00), "{seller}");
        told.say(r#"{"receive_supplier_invoice":{"invoice":"V","supplier":"ACME","lines":[{"sku":"TEE","qty":1,"unit_cost":"7.00","receipt":"D"}]}}"#);
        assert_eq!((owed(&told, "2100"), owed(&told, "2000")), (of(-5_00, 0), of(0, -7_00)), "{seller}");
        if first {
            told.say(r#"{"record_payment":{"payment":"P","order":"O","amount":"66.00"}}"#);
            assert_eq!(owed(&told, "1100"), [0, 0]);
        }
    }
}
