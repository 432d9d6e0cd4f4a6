//! Policies side by side: the same orders, the same network, the same luck.

use super::network::{Network, Options};
use super::orders::Orders;
use super::run::{Continue, Outcome, Progress, SimulationError, rehearse, run};
use crate::policy::Policy;

/// Runs the same orders under several policies, one after the other; none runs where one would be refused.
///
/// ```
/// use stockbook::simulation::{Continue, Options, ScenarioSize, compare, generate, seed_policies};
/// let scenario = generate(ScenarioSize { orders: 300, ..ScenarioSize::default() }, 7);
/// let runs = compare(
///     &scenario.network, &scenario.orders, &seed_policies(), &Options::default(), &mut |_| Continue::Yes,
/// ).unwrap();
/// assert_eq!(runs.len(), 3);
/// assert!(runs.iter().all(|run| run.kpis.orders == 300));
/// ```
pub fn compare(
    network: &Network,
    orders: &Orders,
    policies: &[Policy],
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>) -> Continue,
) -> Result<Vec<Outcome>, SimulationError> {
    let runs = policies.len();
    if runs > 1 {
        rehearse(network, orders, policies, options)?;
    }
    let one = |(i, policy): (usize, &Policy)| {
        run(network, orders, policy, options, &mut |told| progress(Progress { run: i, runs, ..told }))
    };
    policies.iter().enumerate().map(one).collect()
}
