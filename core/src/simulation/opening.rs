//! What is there at the start: opening stock as receipts, node by node.

use super::network::OpeningStock;
use super::run::{Observer, Run, SimulationError};
use crate::book::Command;
use crate::catalog::need;
use crate::stock::{Place, ReceiptLine, ReceiveGoods};

/// Lines of one receipt of opening stock.
const LINES: usize = 1_000;

fn receipt(number: String, node: &str, lines: &[(usize, &OpeningStock)]) -> Command {
    let line = |(_, line): &(usize, &OpeningStock)| ReceiptLine {
        zero_cost_reason: None,
        expires_at: None,
        sku: line.sku.clone(),
        qty: line.qty,
        unit: None,
        unit_cost: Some(line.unit_cost),
        place: Place::default(),
    };
    Command::ReceiveGoods(ReceiveGoods {
        rate: None,
        receipt: number,
        node: node.to_owned(),
        supplier: None,
        purchase_order: None,
        lines: lines.iter().map(line).collect(),
    })
}

impl Run<'_> {
    /// Opening stock as receipts, node by node. A line of none says that the SKU is kept there.
    pub(super) fn receive_opening(&mut self, observer: &mut dyn Observer) -> Result<(), SimulationError> {
        let network = self.network;
        let mut stock: hashbrown::HashMap<&str, Vec<(usize, &OpeningStock)>> = hashbrown::HashMap::new();
        for (i, line) in network.stock.iter().enumerate() {
            need(line.qty >= 0, "stock.qty", "at least 0").map_err(|rejection| {
                let what = format!("opening stock of `{}` at `{}`", line.sku, line.node);
                SimulationError::Network { what, part: Some(("stock", i)), rejection }
            })?;
            if line.qty > 0 {
                stock.entry(&line.node).or_default().push((i, line));
            }
        }
        for node in &network.nodes {
            let lines = stock.get(node.node.as_str()).map(Vec::as_slice).unwrap_or_default();
            for (i, lines) in lines.chunks(LINES).enumerate() {
                let number = format!("opening-{}-{}", node.node, i.saturating_add(1));
                if let Err(rejection) = self.say(self.start(), receipt(number, &node.node, lines)) {
                    let what = format!("opening stock at `{}`", node.node);
                    let part = self.refused_line(&node.node, lines).map(|line| ("stock", line));
                    return Err(SimulationError::Network { what, part, rejection });
                }
                self.drain(observer)?;
                self.book.forget_events(self.book.sequence());
            }
        }
        Ok(())
    }

    /// The line of a refused receipt that is to blame: the first one that is refused alone, after those
    /// before it. The run ends here, so that it may be tried out on its book.
    fn refused_line(&mut self, node: &str, lines: &[(usize, &OpeningStock)]) -> Option<usize> {
        let alone = |(at, line): &(usize, &OpeningStock)| {
            let said = self.say(self.start(), receipt(format!("line-{at}"), node, &[(*at, *line)]));
            said.is_err().then_some(*at)
        };
        lines.iter().find_map(alone)
    }
}
