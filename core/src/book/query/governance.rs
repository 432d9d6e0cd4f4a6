//! Questions about governance: which value holds here and why, what waits for approval, who has which role.

use super::answers;
use crate::book::Book;
use crate::policy::*;
use crate::record::{ApprovalRow, ParameterRow};
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;
use crate::workflow::parameter;
use serde::Serialize;

wire! {
    /// Which value of a parameter holds at a place, and why.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"define_parameter":{"parameter":"return_window_days",
    /// #     "standard":"30","min":"14","max":"60"}}"#;
    /// # book.execute(&Envelope::new("define", at, serde_json::from_str(json)?))?;
    /// let query = ParameterQuery {
    ///     parameter: "return_window_days".into(), place: Scope::default(), at: None,
    /// };
    /// let Answer::ExplainParameter(found) = book.ask(&Query::ExplainParameter(query))? else { panic!() };
    /// assert_eq!(found.why, "the standard of 30.00 holds: no value was set that fits here");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ParameterQuery {
        /// The parameter.
        pub parameter: String,
        /// The place asked about: each part as far as it is known.
        #[serde(default)]
        pub place: Scope,
        /// When; none = now.
        #[serde(default)]
        pub at: Option<Instant>,
    }
}

answers! {
    /// A parameter's value at a place, and why it is that.
    pub struct ParameterView {
        /// The parameter.
        pub parameter: String,
        /// What it means.
        pub meaning: String,
        /// The value that holds.
        pub value: Money,
        /// Why, in one sentence.
        pub why: String,
        /// The standard as defined.
        pub standard: Money,
        /// No value may be lower.
        pub min: Money,
        /// No value may be higher.
        pub max: Money,
        /// Every value ever set, the latest first.
        pub candidates: Vec<ParameterCandidate>,
    }

    /// A value that was set, and whether it holds here.
    pub struct ParameterCandidate {
        /// Where it holds.
        pub scope: Scope,
        /// The value; none = the scope has none of its own any more.
        pub value: Option<Money>,
        /// From when on.
        pub effective_from: Instant,
        /// Who set it.
        pub actor: String,
        /// Why it was set.
        pub reason: String,
        /// The event that set it.
        pub sequence: u64,
        /// What of it holds here.
        pub standing: String,
    }

    /// A command that waits or waited for approval.
    pub struct ApprovalView {
        /// Its number, from 1.
        pub approval: u32,
        /// Where it stands.
        pub status: ApprovalStatus,
        /// Why it waits.
        pub parking: Parking,
        /// The command's word.
        pub word: String,
        /// The command as it was said: JSON.
        pub command: String,
        /// What was measured.
        pub measured: Money,
        /// Its limit.
        pub limit: Money,
        /// The role that may approve.
        pub role: String,
        /// Who said it.
        pub requested_by: String,
        /// When.
        pub requested_at: Instant,
        /// When it runs out.
        pub expires_at: Instant,
        /// Who decided; empty = nobody.
        pub decided_by: String,
        /// Evidence or reason.
        pub words: String,
    }

    /// Who may do what.
    pub struct RolesView {
        /// The roles.
        pub roles: Vec<DefineRole>,
        /// The actors' roles.
        pub grants: Vec<GrantRoles>,
        /// The limits.
        pub approval_rules: Vec<SetApprovalRule>,
        /// The systems of record.
        pub sources: Vec<SetSourceOfRecord>,
        /// How late events may be.
        pub timings: Vec<SetTimingRule>,
    }
}

fn standing(row: &ParameterRow, place: &Scope, at: Instant, holds: Option<&ParameterRow>) -> String {
    if holds.is_some_and(|known| known.sequence == row.sequence) {
        return "holds here".into();
    }
    if row.from > at {
        return format!("not in force before {}", row.from);
    }
    match row.set.scope.misfit(place) {
        Some((name, wanted, "")) => format!("needs {name} {wanted}, nothing is known of it"),
        Some((name, wanted, found)) => format!("needs {name} {wanted}, not {found}"),
        None if row.set.value.is_none() => "takes the scope's own value away".into(),
        None => "replaced by a later or a more specific value".into(),
    }
}

impl Book {
    pub(crate) fn explain_parameter(&self, query: &ParameterQuery) -> Result<Box<ParameterView>, Rejection> {
        let define = parameter(&self.state, &query.parameter)?;
        let at = query.at.unwrap_or(self.now());
        let (value, holds) = self.state.value_at(&define, &query.place, at);
        let why = match holds {
            None => format!("the standard of {value} holds: no value was set that fits here"),
            Some(row) => format!(
                "{value} holds for {} since {}: {} ({})",
                row.set.scope.words(),
                row.from,
                row.set.reason,
                if row.actor.is_empty() { "nobody in particular" } else { &row.actor },
            ),
        };
        let rows = self.state.govern.values.rows().iter().rev();
        let candidate = |row: &ParameterRow| ParameterCandidate {
            scope: row.set.scope.clone(),
            value: row.set.value,
            effective_from: row.from,
            actor: row.actor.clone(),
            reason: row.set.reason.clone(),
            sequence: row.sequence,
            standing: standing(row, &query.place, at, holds),
        };
        Ok(Box::new(ParameterView {
            candidates: rows.filter(|row| row.set.parameter == define.parameter).map(candidate).collect(),
            parameter: define.parameter,
            meaning: define.meaning,
            value,
            why,
            standard: define.standard,
            min: define.min,
            max: define.max,
        }))
    }

    /// All commands that wait or waited for approval, the oldest first.
    ///
    /// ```
    /// assert!(stockbook::Book::new().approvals().is_empty());
    /// ```
    #[must_use]
    pub fn approvals(&self) -> Vec<ApprovalView> {
        let view = |(id, row): (usize, &ApprovalRow)| ApprovalView {
            approval: num::id(id).saturating_add(1),
            status: row.status,
            parking: row.parking,
            word: row.word.clone(),
            command: row.command.clone(),
            measured: row.measured,
            limit: row.limit,
            role: row.role.clone(),
            requested_by: row.requested_by.clone(),
            requested_at: row.requested_at,
            expires_at: row.expires_at,
            decided_by: row.decided_by.clone(),
            words: row.words.clone(),
        };
        self.state.govern.approvals.rows().iter().enumerate().map(view).collect()
    }

    /// Roles, limits, systems of record and timing rules in force.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let buyer = DefineRole { role: "buyer".into(), commands: vec!["place_purchase_order".into()] };
    /// book.execute(&Envelope::new("role", at, Command::DefineRole(buyer)))?;
    /// assert_eq!(book.roles().roles[0].role, "buyer");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn roles(&self) -> RolesView {
        let govern = &self.state.govern;
        RolesView {
            roles: govern.roles.rows().to_vec(),
            grants: govern.grants.rows().to_vec(),
            approval_rules: govern.approval_rules.rows().to_vec(),
            sources: govern.sources.rows().to_vec(),
            timings: govern.timings.rows().to_vec(),
        }
    }
}
