//! Readers beside a writer: several cells read together are of one commit.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test may fail")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use stockbook::*;
use stockbook_publish::Publisher;

type Error = Box<dyn std::error::Error>;

struct Writer {
    book: Book,
    said: i64,
}

impl Writer {
    fn say(&mut self, commands: &[&str]) -> Result<(), Error> {
        let mut chain = Vec::new();
        for json in commands {
            self.said += 1;
            let at = Instant::from_micros(1_767_600_000_000_000 + self.said);
            chain.push(Envelope::new(&format!("c{}", self.said), at, serde_json::from_str(json)?));
        }
        self.book.execute_chain(&chain)?;
        Ok(())
    }

    fn new() -> Result<Writer, Error> {
        let mut writer = Writer { book: Book::new(), said: 0 };
        writer.say(&[
            r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#,
            r#"{"define_node":{"node":"A","kind":"warehouse","place":{"lat":"39","lon":"-119"}}}"#,
            r#"{"define_node":{"node":"B","kind":"warehouse","place":{"lat":"40","lon":"-75"}}}"#,
            r#"{"define_reason":{"reason":"count"}}"#,
            r#"{"receive_goods":{"receipt":"R","node":"A",
                "lines":[{"sku":"TEE","qty":1000,"unit_cost":"1.00"}]}}"#,
        ])?;
        Ok(writer)
    }

    /// One unit goes from one node to the other, in one commit.
    fn shift(&mut self, from: &str, to: &str) -> Result<(), Error> {
        let adjust = |node: &str, qty: i64, number: i64| {
            format!(
                r#"{{"adjust_stock":{{"adjustment":"J{number}","node":"{node}","reason":"count",
                "lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"1.00"}}]}}}}"#
            )
        };
        let (out, back) = (adjust(from, -1, self.said * 2), adjust(to, 1, self.said * 2 + 1));
        self.say(&[&out, &back])
    }
}

#[test]
fn cells_read_together_are_of_one_commit() -> Result<(), Error> {
    let mut writer = Writer::new()?;
    let mut publisher = Publisher::new(&mut writer.book);
    let cells = [(SkuId(0), NodeId(0)), (SkuId(0), NodeId(1))];
    let over = AtomicBool::new(false);
    let (seen, tries) = thread::scope(|scope| -> Result<(u64, u64), Error> {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let (reader, over) = (publisher.reader(), &over);
                scope.spawn(move || {
                    let (mut last, mut seen, mut tries, mut units) = (0, 0u64, 0u64, [0i64; 2]);
                    while !over.load(Ordering::Relaxed) || seen == 0 {
                        tries += 1;
                        let Some(commit) = reader.try_read(cells.into_iter(), &mut units) else { continue };
                        assert_eq!(units[0] + units[1], 1_000, "of commit {commit}");
                        assert!(commit >= last, "commits only rise");
                        seen += u64::from(commit > last);
                        last = commit;
                    }
                    (seen, tries)
                })
            })
            .collect();
        for step in 0..4_000 {
            let (from, to) = if step % 800 < 400 { ("A", "B") } else { ("B", "A") };
            writer.shift(from, to)?;
            publisher.publish(&mut writer.book);
        }
        over.store(true, Ordering::Relaxed);
        let mut sums = (0, 0);
        for reader in readers {
            let (seen, tries) = reader.join().map_err(|_| "a reader saw what never was")?;
            sums = (sums.0 + seen, sums.1 + tries);
        }
        Ok(sums)
    })?;
    assert!(seen > 0 && tries >= seen);
    let stock = writer.book.stock_columns();
    let reader = publisher.reader();
    for (node, available) in stock.node.iter().zip(&stock.available) {
        assert_eq!(reader.available(SkuId(0), NodeId(*node)), *available);
    }
    Ok(())
}

#[test]
fn what_is_emptied_unknown_or_restored_is_shown_so() -> Result<(), Error> {
    let mut writer = Writer::new()?;
    let mut publisher = Publisher::new(&mut writer.book);
    let reader = publisher.reader();
    writer.say(&[r#"{"adjust_stock":{"adjustment":"J","node":"A","reason":"count",
        "lines":[{"sku":"TEE","qty":-1000}]}}"#])?;
    assert_eq!(reader.available(SkuId(0), NodeId(0)), 1_000, "what is not published is not shown");
    publisher.publish(&mut writer.book);
    assert_eq!(reader.available(SkuId(0), NodeId(0)), 0);
    assert_eq!(reader.available(SkuId(77), NodeId(3)), 0);
    assert_eq!(reader.available(SkuId::NONE, NodeId::NONE), 0);
    let mut units = [7i64; 2];
    let commit = reader.read([(SkuId(0), NodeId(0))].into_iter(), &mut units);
    assert_eq!((commit, units), (reader.commit(), [0, 7]));

    let mut restored = Book::restore(&Writer::new()?.book.snapshot())?;
    let publisher = Publisher::new(&mut restored);
    assert_eq!(publisher.reader().available(SkuId(0), NodeId(0)), 1_000);
    Ok(())
}
