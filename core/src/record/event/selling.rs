//! What is recorded of sales, drop shipments and consigned goods.

use super::*;

crate::value::wire::wire! {
    /// Another currency than the book's, in which a document is made out.
    pub struct DocumentCurrency {
        /// ISO 4217 code.
        pub currency: String,
        /// Decimals of its minor unit.
        #[serde(default = "two")]
        pub digits: u8,
        /// What one unit of it is worth in the book's currency.
        pub rate: Money,
    }
}

const fn two() -> u8 {
    2
}

facts! {
    /// The currency of an order, and its prices in it.
    pub struct SoldIn {
        /// The currency, and the rate of the order.
        pub currency: DocumentCurrency,
        /// Price of a base unit, by line.
        pub prices: Vec<Money>,
    }

    /// An order in another currency as it stands.
    pub struct OrderInCurrency {
        /// Its currency and prices.
        pub sold: SoldIn,
        /// What was given back, by line, in its currency.
        pub given: Vec<Money>,
        /// What the customer owes, in its currency; negative = he paid ahead.
        pub open: Money,
        /// The same as the book carries it, in its own currency.
        pub carried: Money,
    }

    /// Amounts of an event in its order's currency.
    #[derive(Default)]
    pub struct ForeignAmounts {
        /// What one unit of the order's currency is worth.
        pub rate: Money,
        /// What each line of the event comes to, its discount taken off.
        pub lines: Vec<Money>,
        /// Tax.
        pub tax: Money,
        /// Shipping that the customer pays.
        pub shipping: Money,
        /// What the customer owes more by it; negative = less.
        pub amount: Money,
        /// The same in the book's currency, as his debt was booked.
        pub carried: Money,
    }

    /// How a channel's sales are recognised from here on.
    pub struct SellingSet {
        /// The channel.
        pub channel: ChannelId,
        /// Whether revenue waits for the invoice.
        pub at_invoice: bool,
        /// Expected share of returns, in millionths.
        pub return_rate: i64,
    }

    /// An invoice to a customer.
    pub struct OrderInvoiced {
        /// Number of the invoice.
        pub invoice: DocKey,
        /// The order.
        pub order: OrderId,
        /// What is invoiced.
        pub lines: Vec<InvoicedLine>,
        /// Tax.
        pub tax: Money,
        /// Shipping that the customer pays.
        pub shipping: Money,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// A line that was invoiced.
    #[derive(Default)]
    pub struct InvoicedLine {
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
        /// Revenue recognised now.
        pub revenue: Money,
        /// Cost recognised with it.
        pub cost: Money,
        /// Discount.
        pub discount: Money,
        /// Refund liability.
        pub liability: Money,
        /// Right-of-return asset.
        pub asset: Money,
    }

    /// A credit note without goods.
    pub struct OrderCredited {
        /// Number of the credit note.
        pub credit_note: DocKey,
        /// The order.
        pub order: OrderId,
        /// What is credited.
        pub lines: Vec<CreditedLine>,
        /// Tax on it.
        pub tax: Money,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// A line that was credited.
    pub struct CreditedLine {
        /// The order's line, from 1.
        pub line: u32,
        /// Units whose sale is taken back.
        pub qty: i64,
        /// Amount.
        pub amount: Money,
        /// Cost that waits again as shipped, not invoiced.
        pub cost: Money,
    }

    /// Money or gift balance that moved.
    pub struct PaymentRecorded {
        /// Number of the payment.
        pub payment: DocKey,
        /// The order, or none.
        pub order: OrderId,
        /// Amount; negative = paid back.
        pub amount: Money,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// An order's right of return has ended.
    pub struct ReturnsReleased {
        /// The order.
        pub order: OrderId,
        /// Journal.
        pub postings: Vec<Posting>,
    }

    /// Goods that their supplier shipped to the customer.
    pub struct OrderDropShipped {
        /// Number of the drop shipment: a receipt to the supplier's invoice.
        pub drop_shipment: DocKey,
        /// The order.
        pub order: OrderId,
        /// The supplier.
        pub supplier: SupplierId,
        /// What was shipped.
        pub lines: Vec<DroppedLine>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// A line that was drop-shipped.
    #[derive(Default)]
    pub struct DroppedLine {
        /// The order's line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// The supplier's price.
        pub cost: Money,
        /// Revenue recognised now.
        pub revenue: Money,
        /// Refund liability.
        pub liability: Money,
        /// Right-of-return asset.
        pub asset: Money,
    }

    /// A vendor's goods that became our own by use.
    pub struct ConsignedGoodsUsed {
        /// Number of the use.
        pub consignment_use: DocKey,
        /// The node.
        pub node: NodeId,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Where they lay, with their owner; they lie there still, as our own.
        pub place: Place,
        /// What the vendor gets.
        pub value: Money,
        /// What of it does not stay in stock.
        pub passed: Money,
        /// Journal.
        pub postings: Vec<Posting>,
    }
}
