//! Master data in detail, and changes of master data that wait for their time.

use super::common::{known_document, new_document};
use super::master::Master;
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
use crate::record::*;
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Schedules a change of master data: what holds from a later time on. It is checked when it is said and
    /// again when its time comes; if it does not fit then, it lapses and an exception is opened.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let sale: ChangeDefinition = serde_json::from_str(r#"{"change":"sale",
    ///     "effective_from":"2026-01-06T09:00:00Z",
    ///     "definition":{"define_sku":{"sku":"TEE","price":"15"}}}"#)?;
    /// book.execute(&Envelope::new("sale", at, Command::ChangeDefinition(sale)))?;
    /// let price = |book: &Book| {
    ///     let query = Query::Sku(SkuQuery { sku: "TEE".into() });
    ///     let Ok(Answer::Sku(tee)) = book.ask(&query) else { panic!() };
    ///     tee.price.to_string()
    /// };
    /// assert_eq!(price(&book), "20.00");
    /// let tomorrow = Envelope::new("tick", at.plus_seconds(86_400), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&tomorrow)?;
    /// assert_eq!(price(&book), "15.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ChangeDefinition {
        /// Number of the change.
        pub change: String,
        /// When it takes effect; not before the command.
        pub effective_from: Instant,
        /// What will hold then.
        pub definition: Definition,
        /// Why.
        #[serde(default)]
        pub why: String,
    }

    /// Takes a change back before its time.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"change_definition":{"change":"sale","effective_from":"2026-01-06T09:00:00Z",
    /// #     "definition":{"define_sku":{"sku":"TEE","price":"15"}}}}"#;
    /// # book.execute(&Envelope::new("sale", at, serde_json::from_str(json)?))?;
    /// // From tomorrow on TEE would cost 15.00 instead of 20.00.
    /// let withdraw = WithdrawChange { change: "sale".into(), why: "sold out".into() };
    /// book.execute(&Envelope::new("withdraw", at, Command::WithdrawChange(withdraw)))?;
    /// let tomorrow = Envelope::new("tick", at.plus_seconds(86_400), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&tomorrow)?;
    /// let Answer::Sku(tee) = book.ask(&Query::Sku(SkuQuery { sku: "TEE".into() }))? else { panic!() };
    /// assert_eq!(tee.price, Money::from_cents(20_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct WithdrawChange {
        /// Number of the change.
        pub change: String,
        /// Why.
        #[serde(default)]
        pub why: String,
    }
}

impl Definition {
    /// The definition as a command on master data. `words` names all commands.
    pub(crate) fn master<'a>(&'a self, words: &'a [&'a str]) -> Master<'a> {
        match self {
            Definition::DefineAccount(said) => Master::Account(said),
            Definition::DefineSku(said) => Master::Sku(said),
            Definition::DefineNode(said) => Master::Node(said),
            Definition::DefineChannel(said) => Master::Channel(said),
            Definition::DefineService(said) => Master::Service(said),
            Definition::DefineSupplier(said) => Master::Supplier(said),
            Definition::SetPolicy(said) => Master::Policy(said),
            Definition::SetPostingRules(said) => Master::PostingRules(said),
            Definition::SetAuthority(said) => Master::Authority(said, words),
            Definition::SetNodeStatus(said) => Master::NodeStatus(said),
            Definition::SetProtection(said) => Master::Protection(said),
            Definition::SetReorderRule(said) => Master::Reorder(said),
            Definition::DescribeSku(said) => Master::Trait(said),
            Definition::DefineKit(said) => Master::Kit(said),
            Definition::DefineCompany(said) => Master::Company(said),
            Definition::DescribeNode(said) => Master::Site(said),
            Definition::DescribeChannel(said) => Master::Outlet(said),
            Definition::SetListing(said) => Master::Listing(said),
            Definition::SetNegativeStock(said) => Master::Negative(said),
        }
    }
}

/// Checks a detail of master data and gives the event to record.
pub(super) fn decide_detail(state: &State, command: &Master<'_>) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    Ok(match command {
        Master::Trait(said) => {
            catalog.check_trait(said, |sku| state.sku_in_use(sku))?;
            Body::SkuDescribed((*said).clone())
        }
        Master::Skus(said) => {
            catalog.check_skus(said, |sku| state.sku_in_use(sku))?;
            Body::SkusDefined((*said).clone())
        }
        Master::Kit(said) => {
            let (kit, components) = catalog.check_kit(said)?;
            if said.kind == KitKind::Virtual && !catalog.is_virtual(kit) && state.has_goods(kit) {
                let why =
                    "goods of it are there, on their way or waited for: sell or cancel them first".into();
                return Err(Rejection::CannotChange { what: said.sku.clone(), why });
            }
            let (kind, why) = (said.kind, said.why.clone());
            Body::KitDefined(KitDefined { kit, kind, components, why })
        }
        Master::Company(said) => {
            catalog.check_company(said)?;
            Body::CompanyDefined((*said).clone())
        }
        Master::Site(said) => {
            let days = |(service, cut_offs)| ServiceDays { service, cut_offs };
            let cut_offs = catalog.check_site(said)?.into_iter().map(days).collect();
            super::spread::check_company(state, said)?;
            Body::NodeDescribed(NodeDescribed { node: (*said).clone(), cut_offs })
        }
        Master::Outlet(said) => {
            catalog.check_outlet(said)?;
            Body::ChannelDescribed((*said).clone())
        }
        Master::Listing(said) => {
            catalog.check_listing(said)?;
            Body::ListingSet((*said).clone())
        }
        Master::Negative(said) => {
            catalog.check_negative(said)?;
            Body::NegativeStockSet((*said).clone())
        }
        _ => return Err(Rejection::NoLines { field: "command".into() }),
    })
}

/// Schedules a change.
pub(crate) fn decide_change(
    state: &State,
    said: &ChangeDefinition,
    at: Instant,
    words: &[&str],
) -> Result<Body, Rejection> {
    let change = new_document(&state.docs.changes, "change", &said.change)?;
    at_most("characters of `why`", said.why.len(), 1_000)?;
    if !said.effective_from.is_valid() || said.effective_from < at {
        return Err(Rejection::InvalidInstant { field: "effective_from".into() });
    }
    super::decide_master(state, &said.definition.master(words))?;
    Ok(Body::ChangeScheduled(ChangeScheduled {
        change,
        effective_from: said.effective_from,
        definition: Box::new(said.definition.clone()),
        why: said.why.clone(),
    }))
}

/// Takes a change back.
pub(crate) fn decide_withdrawal(state: &State, said: &WithdrawChange) -> Result<Body, Rejection> {
    let id = known_document(&state.docs.changes, "change", &said.change)?;
    at_most("characters of `why`", said.why.len(), 1_000)?;
    let stands = state.docs.change.get(id).map_or(ChangeState::Withdrawn, |row| row.state);
    if stands != ChangeState::Scheduled {
        let stands = match stands {
            ChangeState::Scheduled => "scheduled",
            ChangeState::Effective => "effective",
            ChangeState::Withdrawn => "withdrawn",
            ChangeState::Lapsed => "lapsed",
        };
        return Err(Rejection::IllegalStep {
            kind: "change".into(),
            document: shown(&said.change),
            state: stands.into(),
            step: "withdraw_change".into(),
        });
    }
    let change = DocKey::from(said.change.as_str());
    Ok(Body::ChangeWithdrawn(ChangeWithdrawn { change, why: said.why.clone() }))
}

/// What becomes of a change whose time has come: the event that says so, and its definition's own, if it
/// still fits.
pub(crate) fn decide_due_change(state: &State, id: u32, words: &[&str]) -> (Body, Option<Body>) {
    let change = state.docs.changes.get(id).unwrap_or(DocKey::Number(0));
    let definition = state.docs.change.get(id).and_then(|row| row.definition.as_deref());
    let master = definition.map(|definition| definition.master(words));
    let decided = master.map(|master| super::decide_master(state, &master));
    match decided {
        Some(Ok(body)) => (Body::ChangeTookEffect(ChangeTookEffect { change }), Some(body)),
        Some(Err(problem)) => {
            let exceptions = vec![Opened {
                code: ExceptionCode::ChangeLapsed,
                order: OrderId::NONE,
                sku: SkuId::NONE,
                node: NodeId::NONE,
                qty: 0,
            }];
            let problem = problem.to_string();
            (Body::ChangeLapsed(ChangeLapsed { change, problem, exceptions }), None)
        }
        None => (Body::ChangeTookEffect(ChangeTookEffect { change }), None),
    }
}
