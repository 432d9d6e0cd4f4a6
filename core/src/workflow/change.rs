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
    /// Schedules a change of master data: what holds from a later time on, or from now on. It is checked when
    /// it is said and again when its time comes; if it does not fit then, it lapses and an exception is
    /// opened. It may speak of what a change that comes before it defines.
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
            for row in (0..said.sku.len()).map_while(|at| said.row(at)) {
                super::valuation::check_group(state, row.sku, row.group, row.costing)?;
            }
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

/// Schedules a change, of which it was checked whether it would fit now.
pub(crate) fn decide_change(
    state: &State,
    said: &ChangeDefinition,
    (at, actor): (Instant, &str),
    fits: Result<(), Rejection>,
) -> Result<Body, Rejection> {
    let change = new_document(&state.docs.changes, "change", &said.change)?;
    at_most("characters of `why`", said.why.len(), 1_000)?;
    if !said.effective_from.is_valid() || said.effective_from < at {
        return Err(Rejection::InvalidInstant { field: "effective_from".into() });
    }
    if let Err(problem) = fits
        && !will_be_there(state, &problem, said.effective_from)
    {
        return Err(problem);
    }
    Ok(Body::ChangeScheduled(ChangeScheduled {
        change,
        effective_from: said.effective_from,
        definition: Box::new(said.definition.clone()),
        why: said.why.clone(),
        actor: actor.into(),
    }))
}

/// Whether all that a change needs and is not there will be by its time: changes that come before define it.
fn will_be_there(state: &State, problem: &Rejection, by: Instant) -> bool {
    let mut left = match problem {
        Rejection::ManyFaults { faults } => faults.clone(),
        one => vec![one.to_string()],
    };
    let due = state.docs.changes_due.iter().take_while(|(at, _)| *at <= by);
    let rows = due.filter_map(|(_, id)| state.docs.change.get(id));
    for mended in rows.filter_map(|row| row.definition.as_deref()).flat_map(mends) {
        let mended = mended.to_string();
        left.retain(|fault| *fault != mended);
    }
    left.is_empty()
}

/// What is no fault any more once a definition holds.
fn mends(definition: &Definition) -> Vec<Rejection> {
    let unknown = |sku: &String| Rejection::UnknownSku { sku: sku.clone() };
    vec![match definition {
        Definition::DefineSku(known) => unknown(&known.sku),
        Definition::DefineSkus(known) => return known.sku.iter().map(unknown).collect(),
        Definition::DefineNode(known) => Rejection::UnknownNode { node: known.node.clone() },
        Definition::DefineChannel(known) => Rejection::UnknownChannel { channel: known.channel.clone() },
        Definition::DefineService(known) => Rejection::UnknownService { service: known.service.clone() },
        Definition::DefineSupplier(known) => Rejection::UnknownSupplier { supplier: known.supplier.clone() },
        Definition::DefineAccount(known) => Rejection::UnknownAccount { account: known.account.clone() },
        Definition::DefineReason(known) => Rejection::UnknownReason { reason: known.reason.clone() },
        Definition::DefineCompany(known) => Rejection::UnknownCompany { company: known.company.clone() },
        Definition::DefineRole(known) => Rejection::UnknownRole { role: known.role.clone() },
        _ => return Vec::new(),
    }]
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

/// What becomes of a change whose time has come, and of which it was checked whether it still fits: the
/// event that says so.
pub(crate) fn due_change(state: &State, id: u32, fits: Result<(), Rejection>) -> Body {
    let change = state.docs.changes.get(id).unwrap_or(DocKey::Number(0));
    let Err(problem) = fits else { return Body::ChangeTookEffect(ChangeTookEffect { change }) };
    let exceptions = vec![Opened::of(ExceptionCode::ChangeLapsed)];
    Body::ChangeLapsed(ChangeLapsed { change, problem: problem.to_string(), exceptions })
}
