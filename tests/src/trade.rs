//! A trader who says anything that trade has: goods come, are sold, sent, counted, put together and invoiced, now
//! and then told late. What he says depends on dice alone, not on a book's answers.

use stockbook::Instant;

/// Numbers that look random and are not.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below another.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The trader, and the documents that he remembers.
#[derive(Debug)]
pub struct Trade {
    /// When he speaks.
    pub at: Instant,
    said: u64,
    receipts: Vec<String>,
    orders: Vec<String>,
    transfers: Vec<String>,
}

impl Default for Trade {
    fn default() -> Trade {
        let at = Instant::from_micros(1_767_603_600_000_000);
        Trade { at, said: 0, receipts: Vec::new(), orders: Vec::new(), transfers: Vec::new() }
    }
}

impl Trade {
    /// The master data of a book under a costing method and a late policy.
    #[must_use]
    pub fn setup(costing: &str, late: &str) -> Vec<String> {
        let negative = r#""negative":"last_cost_then_catch_up""#;
        let (costing, scope) = match costing {
            "company_average" => ("moving_average", "company"),
            "company_fifo" => ("fifo", "company"),
            "company_lot" => ("lot", "company"),
            other => (other, "node"),
        };
        let mut commands: Vec<String> = vec![
            format!(r#"{{"set_valuation":{{"costing":"{costing}","late":"{late}","scope":"{scope}",{negative}}}}}"#),
            r#"{"define_reason":{"reason":"count"}}"#.into(),
            r#"{"set_period":{"period":"all","from":"2025-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"}}"#
                .into(),
            r#"{"define_sku":{"sku":"TEE","price":"21.90"}}"#.into(),
            r#"{"define_sku":{"sku":"ROPE","decimals":2,"price":"3.10"}}"#.into(),
            r#"{"define_sku":{"sku":"SET","price":"59.00"}}"#.into(),
            r#"{"define_kit":{"sku":"SET","kind":"assembled","components":[{"sku":"TEE","qty":2},{"sku":"ROPE","qty":150}]}}"#.into(),
            r#"{"define_sku":{"sku":"PACK","price":"119.00"}}"#.into(),
            r#"{"define_kit":{"sku":"PACK","kind":"assembled","components":[{"sku":"TEE","qty":6}]}}"#.into(),
            r#"{"define_sku":{"sku":"BOX","price":"90.00"}}"#.into(),
            r#"{"define_kit":{"sku":"BOX","kind":"assembled","components":[{"sku":"SET","qty":1},{"sku":"TEE","qty":1}]}}"#.into(),
            r#"{"define_node":{"node":"EAST","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#
                .into(),
            r#"{"define_node":{"node":"WEST","kind":"warehouse","place":{"lat":"39.5","lon":"-119.8"}}}"#
                .into(),
            r#"{"define_channel":{"channel":"web","promise_hours":900}}"#.into(),
            r#"{"define_channel":{"channel":"shop","promise_hours":900}}"#.into(),
            r#"{"set_selling":{"channel":"web","return_rate":"0.1"}}"#.into(),
            r#"{"set_selling":{"channel":"shop","recognition":"at_invoice"}}"#.into(),
            r#"{"set_policy":{"name":"p","otherwise":{"tiers":[[{"measure":"distance_km","weight":"1"}]],"shortage":"backorder"},"rules":[]}}"#.into(),
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#.into(),
            r#"{"set_negative_stock":{"sku":"ROPE","policy":"allow"}}"#.into(),
        ];
        if costing == "standard" {
            for (sku, cost) in
                [("TEE", "9.37"), ("ROPE", "1.11"), ("SET", "20.03"), ("PACK", "57.77"), ("BOX", "30.50")]
            {
                commands.push(format!(
                    r#"{{"revalue_stock":{{"revaluation":"std-{sku}","sku":"{sku}","unit_cost":"{cost}","reason":"count"}}}}"#
                ));
            }
        }
        commands
    }

    fn pick(list: &[String], dice: &mut Dice) -> String {
        let at = dice.roll(list.len().max(1) as u64) as usize;
        list.get(at).cloned().unwrap_or_else(|| "none".into())
    }

    /// The next command, and how many hours ago it happened; with `lots`, goods come in lots.
    pub fn next(&mut self, dice: &mut Dice, lots: bool) -> (String, i64) {
        self.said += 1;
        self.at = self.at.plus_seconds(dice.roll(20_000) as i64);
        let kit = ["SET", "SET", "PACK", "BOX"][dice.roll(4) as usize];
        let (sku, scale) =
            [("TEE", 1), ("ROPE", 100), ("TEE", 1), ("ROPE", 100), (kit, 1)][dice.roll(5) as usize];
        let (node, other) = [("EAST", "WEST"), ("WEST", "EAST")][dice.roll(2) as usize];
        let (qty, cents) = ((dice.roll(20) + 1) * scale, dice.roll(2_000) + 1);
        let cost = format!("{}.{:02}", cents / 100, cents % 100);
        let number = self.said;
        let lot = if lots { format!(r#","place":{{"lot":"L{}"}}"#, dice.roll(3)) } else { String::new() };
        let ago = if dice.roll(4) == 0 { dice.roll(200) as i64 } else { 0 };
        let channel = ["web", "shop"][dice.roll(2) as usize];
        let command = match dice.roll(32) {
            0..6 => {
                self.receipts.push(format!("R{number}"));
                format!(
                    r#"{{"receive_goods":{{"receipt":"R{number}","node":"{node}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{cost}"{lot}}}]}}}}"#
                )
            }
            6..10 => {
                self.orders.push(format!("O{number}"));
                format!(
                    r#"{{"place_order":{{"order":"O{number}","channel":"{channel}","to":{{"lat":"40.0","lon":"-90.0"}},"lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
                )
            }
            10..13 => {
                let order = Self::pick(&self.orders, dice);
                format!(r#"{{"ship_order":{{"order":"{order}","node":"{node}"}}}}"#)
            }
            13 => {
                let order = Self::pick(&self.orders, dice);
                let way = ["restock", "scrap", "return_to_vendor", "refurbish"][dice.roll(4) as usize];
                format!(
                    r#"{{"receive_return":{{"rma":"X{number}","order":"{order}","node":"{node}","lines":[{{"line":1,"qty":{},"disposition":"{way}"}}]}}}}"#,
                    qty / 2 + 1
                )
            }
            14 => {
                self.transfers.push(format!("T{number}"));
                format!(
                    r#"{{"ship_transfer":{{"transfer":"T{number}","from":"{node}","to":"{other}","lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
                )
            }
            15 => {
                let transfer = Self::pick(&self.transfers, dice);
                let closing = ["open", "short"][dice.roll(2) as usize];
                format!(
                    r#"{{"receive_transfer":{{"transfer":"{transfer}","lines":[{{"line":1,"qty":{qty}}}],"closing":"{closing}"}}}}"#
                )
            }
            16 => {
                let sign = if dice.roll(3) == 0 { "" } else { "-" };
                format!(
                    r#"{{"adjust_stock":{{"adjustment":"A{number}","node":"{node}","reason":"count","lines":[{{"sku":"{sku}","qty":{sign}{qty},"unit_cost":"{cost}"}}]}}}}"#
                )
            }
            17 => {
                let receipt = Self::pick(&self.receipts, dice);
                format!(
                    r#"{{"receive_supplier_invoice":{{"invoice":"I{number}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{cost}","receipt":"{receipt}"}}]}}}}"#
                )
            }
            18 => {
                let (first, second) = (Self::pick(&self.receipts, dice), Self::pick(&self.receipts, dice));
                let receipts = if first == second {
                    format!(r#"[{{"receipt":"{first}"}}]"#)
                } else {
                    format!(r#"[{{"receipt":"{first}"}},{{"receipt":"{second}"}}]"#)
                };
                format!(
                    r#"{{"allocate_landed_cost":{{"landed_cost":"C{number}","amount":"{cost}","basis":"qty","receipts":{receipts}}}}}"#
                )
            }
            19 | 20 => {
                let step = ["assemble", "assemble", "assemble", "disassemble"][dice.roll(4) as usize];
                format!(
                    r#"{{"assemble_kit":{{"assembly":"K{number}","node":"{node}","sku":"{kit}","qty":{},"step":"{step}"}}}}"#,
                    dice.roll(4) + 1
                )
            }
            21 => format!(
                r#"{{"refurbish_stock":{{"refurbishment":"W{number}","node":"{node}","sku":"{sku}","qty":{scale},"cost":"{cost}","reason":"count"}}}}"#
            ),
            22..27 => self.books_step(dice, (sku, node, qty, &cost), number, &lot),
            27..30 => self.sales_step(dice, qty, number, &cost),
            _ => {
                let receipt = Self::pick(&self.receipts, dice);
                format!(
                    r#"{{"return_to_vendor":{{"vendor_return":"V{number}","node":"{node}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{},"receipt":"{receipt}"}}]}}}}"#,
                    qty / 3 + 1
                )
            }
        };
        (command, ago)
    }

    /// Documents of the books: value that changes, goods of others.
    fn books_step(
        &mut self,
        dice: &mut Dice,
        (sku, node, qty, cost): (&str, &str, u64, &str),
        number: u64,
        lot: &str,
    ) -> String {
        let owned = if lot.is_empty() {
            r#","place":{"owner":"ACME"}"#.into()
        } else {
            lot.replace(r#"{"lot"#, r#"{"owner":"ACME","lot"#)
        };
        match dice.roll(5) {
            0 => format!(
                r#"{{"write_down_stock":{{"write_down":"D{number}","sku":"{sku}","unit_value":"{cost}","reason":"count"}}}}"#
            ),
            1 => format!(
                r#"{{"revalue_stock":{{"revaluation":"N{number}","sku":"{sku}","unit_cost":"{cost}","reason":"count"}}}}"#
            ),
            2 => format!(
                r#"{{"receive_goods":{{"receipt":"G{number}","node":"{node}","lines":[{{"sku":"{sku}","qty":{qty}{owned}}}]}}}}"#
            ),
            3 => format!(
                r#"{{"use_consigned_goods":{{"consignment_use":"U{number}","node":"{node}","sku":"{sku}","qty":{},"unit_cost":"{cost}"{owned}}}}}"#,
                qty / 2 + 1
            ),
            _ => {
                let order = Self::pick(&self.orders, dice);
                self.receipts.push(format!("P{number}"));
                format!(
                    r#"{{"drop_ship_order":{{"drop_shipment":"P{number}","order":"{order}","supplier":"ACME","lines":[{{"line":1,"qty":{},"unit_cost":"{cost}"}}]}}}}"#,
                    qty / 4 + 1
                )
            }
        }
    }

    /// Documents of the sales side.
    fn sales_step(&mut self, dice: &mut Dice, qty: u64, number: u64, cost: &str) -> String {
        let order = Self::pick(&self.orders, dice);
        match dice.roll(4) {
            0 | 1 => format!(
                r#"{{"invoice_order":{{"invoice":"B{number}","order":"{order}","tax":"{cost}","shipping":"4.90"}}}}"#
            ),
            2 => format!(
                r#"{{"credit_order":{{"credit_note":"E{number}","order":"{order}","lines":[{{"line":1,"qty":{},"amount":"0.50"}}]}}}}"#,
                qty / 6
            ),
            _ => format!(
                r#"{{"record_payment":{{"payment":"Y{number}","order":"{order}","amount":"{cost}"}}}}"#
            ),
        }
    }
}
