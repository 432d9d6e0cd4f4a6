//! Who may say what, up to which limit, and which system is heard: roles, approvals, systems of record,
//! timing.

use super::parameter::Scope;
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// What a limit measures of an event.
    #[derive(Default)]
    pub enum LimitMeasure {
        /// Money that it moves: debits of its journal; for orders the goods' worth.
        #[default]
        Value,
        /// Units that it moves, in base units of no SKU in particular: the sum of the lines' quantities. What
        /// is set, described or defined is one: above 0 every such command waits, and a change that carries
        /// one as well.
        Units,
        /// Units that would wait for a receipt.
        BackorderUnits,
        /// Money given back to a customer.
        Refund,
        /// By how much prices of substitutes differ from those of what was ordered.
        Substitution,
    }

    /// What happens to a message that its rule does not let pass.
    #[derive(Default)]
    pub enum Misfit {
        /// It is refused; nothing changes.
        #[default]
        Reject,
        /// It waits until somebody approves or rejects it.
        Park,
        /// It is taken, and an exception tells of it.
        Accept,
    }

    /// Which system owns a document.
    #[derive(Default)]
    pub enum DocumentOwner {
        /// No one system: whoever may cause the event.
        #[default]
        Shared,
        /// The one that opened it: only that may cause the event for it.
        Opener,
    }

    /// Where an approval stands.
    pub enum ApprovalStatus {
        /// Somebody has to decide.
        Pending,
        /// The command was carried out.
        Approved,
        /// It was not, and will not be.
        Rejected,
        /// Nobody decided in time.
        Expired,
    }

    /// Why a command waits.
    pub enum Parking {
        /// It is above its limit.
        Limit,
        /// Another system is the system of record.
        Source,
        /// It comes too late, or is told too far ahead.
        Timing,
    }
}

wire! {
    /// Defines or changes a role. A command that any role names may only be said by actors who have one of
    /// those roles; a command that none names is free.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let role = DefineRole { role: "manager".into(), commands: vec!["define_reason".into()] };
    /// book.execute(&Envelope::new("role", at, Command::DefineRole(role)))?;
    /// let theft = DefineReason { reason: "theft".into(), name: String::new() };
    /// let no = book.execute(&Envelope::new("theft", at, Command::DefineReason(theft))).unwrap_err();
    /// assert_eq!(no.name(), "RoleRequired");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineRole {
        /// Its name.
        pub role: String,
        /// Words of the commands that it may say.
        #[serde(default)]
        pub commands: Vec<String>,
    }

    /// Says which roles an actor has from now on.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_role":{"role":"manager","commands":["define_reason"]}}"#;
    /// # book.execute(&Envelope::new("role", at, serde_json::from_str(json)?))?;
    /// // Only managers may say `define_reason`.
    /// let grant = GrantRoles { actor: "ann".into(), roles: vec!["manager".into()] };
    /// book.execute(&Envelope::new("grant", at, Command::GrantRoles(grant)))?;
    /// let theft = DefineReason { reason: "theft".into(), name: String::new() };
    /// let mut said = Envelope::new("theft", at, Command::DefineReason(theft));
    /// said.actor = "ann".into();
    /// assert!(book.execute(&said).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct GrantRoles {
        /// The actor.
        pub actor: String,
        /// All of the actor's roles; empty = none.
        pub roles: Vec<String>,
    }

    /// Above which limit a command waits for approval. Said again for the same command and measure, it
    /// replaces. What is above several limits is approved by each one's role in turn. What holds for
    /// `place_order` holds for `capture_order`, what holds for `place_purchase_order` for
    /// `change_purchase_order`, and what holds for a definition for a `change_definition` that carries it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_role":{"role":"manager"}}"#;
    /// # book.execute(&Envelope::new("role", at, serde_json::from_str(json)?))?;
    /// let rule = SetApprovalRule {
    ///     command: "adjust_stock".into(), measure: LimitMeasure::default(),
    ///     above: Some(Money::from_cents(10_00)), role: "manager".into(), expires_hours: 24,
    /// };
    /// book.execute(&Envelope::new("rule", at, Command::SetApprovalRule(rule)))?;
    /// let lost = r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    ///     {"sku":"TEE","qty":-2}]}}"#;
    /// book.execute(&Envelope::new("lost", at, serde_json::from_str(lost)?))?;
    /// // Two at 8.00 are above 10.00: it waits for a manager.
    /// assert_eq!(book.approvals()[0].status, ApprovalStatus::Pending);
    /// assert_eq!(book.stock_columns().on_hand, [10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetApprovalRule {
        /// The command, as in `adjust_stock`.
        pub command: String,
        /// What is measured.
        #[serde(default)]
        pub measure: LimitMeasure,
        /// The limit; none = no approval any more.
        pub above: Option<Money>,
        /// The role that may approve.
        pub role: String,
        /// Hours until it expires.
        pub expires_hours: u32,
    }

    /// Says which systems may cause a kind of event in a scope. Of several rules that fit, the most specific
    /// holds. Said again for the same event and scope, it replaces.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let wms: SetSourceOfRecord =
    ///     serde_json::from_str(r#"{"event":"GoodsReceived","scope":{"node":"RENO"},"sources":["wms"]}"#)?;
    /// book.execute(&Envelope::new("wms", at, Command::SetSourceOfRecord(wms)))?;
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// let mut said = Envelope::new("r-2", at, serde_json::from_str(receive)?);
    /// said.source = "shop".into();
    /// assert_eq!(book.execute(&said).unwrap_err().name(), "NotSourceOfRecord");
    /// said.source = "wms".into();
    /// assert!(book.execute(&said).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetSourceOfRecord {
        /// The event, as in `GoodsReceived`.
        pub event: String,
        /// Where: node, channel and category are read off the event.
        #[serde(default)]
        pub scope: Scope,
        /// The systems; empty = all.
        #[serde(default)]
        pub sources: Vec<String>,
        /// What happens to another system's message.
        #[serde(default)]
        pub otherwise: Misfit,
        /// The role that may let a parked message pass.
        #[serde(default)]
        pub role: String,
        /// Whether each document has one owner. Orders, purchase orders, transfers, returns and counts that
        /// were opened before any rule asks have none.
        #[serde(default)]
        pub documents: DocumentOwner,
    }

    /// Says how late a kind of event may be told, how far ahead, and whether in the order of its document.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let rule = SetTimingRule {
    ///     event: "GoodsReceived".into(), late_minutes_max: 60, otherwise: Misfit::Reject,
    ///     role: String::new(), ahead_minutes_max: 0, in_order: false,
    /// };
    /// book.execute(&Envelope::new("rule", at, Command::SetTimingRule(rule)))?;
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// let mut said = Envelope::new("r-2", at, serde_json::from_str(receive)?);
    /// said.occurred_at = Some(at.plus_seconds(-90 * 60));
    /// let no = book.execute(&said).unwrap_err();
    /// assert_eq!(no, Rejection::TooLate { event: "GoodsReceived".into(), minutes: 90, max: 60 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetTimingRule {
        /// The event, as in `GoodsReceived`.
        pub event: String,
        /// Minutes from `occurred_at` to `at`, at most.
        pub late_minutes_max: u32,
        /// What happens to a later one, and to one that is told further ahead.
        #[serde(default)]
        pub otherwise: Misfit,
        /// The role that may let a parked message pass.
        #[serde(default)]
        pub role: String,
        /// Minutes that `occurred_at` may lie after `at`, where clocks differ: it is recorded as of `at`.
        #[serde(default)]
        pub ahead_minutes_max: u32,
        /// Whether it must not have happened before what was told of its document already: it is late by the
        /// minutes between, of which none are allowed. What was told before any rule asked does not count.
        #[serde(default)]
        pub in_order: bool,
    }

    /// Carries out a command that waits. The approver is another person than the one who said it, and has the
    /// role. What is recorded then is said by the one who asked, at the time of the approval.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"define_role":{"role":"manager"}}"#,
    /// #     r#"{"grant_roles":{"actor":"ann","roles":["manager"]}}"#,
    /// #     r#"{"set_approval_rule":{"command":"adjust_stock","above":"10","role":"manager",
    /// #         "expires_hours":24}}"#,
    /// #     r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    /// #         {"sku":"TEE","qty":-2}]}}"#].iter().enumerate() {
    /// #     let mut said = Envelope::new(&id.to_string(), at, serde_json::from_str(json)?);
    /// #     said.actor = "bob".into();
    /// #     book.execute(&said)?;
    /// # }
    /// // Bob lost two of ten; above 10.00 a manager has to agree. Ann is one.
    /// let approve = ApproveCommand { approval: 1, evidence: "photograph 17".into() };
    /// let mut said = Envelope::new("approve", at, Command::ApproveCommand(approve));
    /// said.actor = "ann".into();
    /// book.execute(&said)?;
    /// assert_eq!(book.stock_columns().on_hand, [8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ApproveCommand {
        /// Number of the approval, from 1.
        pub approval: u32,
        /// What the approver saw: a document, a call, a photograph.
        pub evidence: String,
    }

    /// Lets a command that waits go. Nothing of it happens.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"define_role":{"role":"manager"}}"#,
    /// #     r#"{"grant_roles":{"actor":"ann","roles":["manager"]}}"#,
    /// #     r#"{"set_approval_rule":{"command":"adjust_stock","above":"10","role":"manager",
    /// #         "expires_hours":24}}"#,
    /// #     r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    /// #         {"sku":"TEE","qty":-2}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Somebody lost two of ten, and it waits for a manager. Ann is one, and does not agree.
    /// let reject = RejectCommand { approval: 1, reason: "look again".into() };
    /// let mut said = Envelope::new("reject", at, Command::RejectCommand(reject));
    /// said.actor = "ann".into();
    /// book.execute(&said)?;
    /// assert_eq!(book.approvals()[0].status, ApprovalStatus::Rejected);
    /// assert_eq!(book.stock_columns().on_hand, [10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RejectCommand {
        /// Number of the approval, from 1.
        pub approval: u32,
        /// Why.
        pub reason: String,
    }
}
