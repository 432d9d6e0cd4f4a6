//! Workload OA-1 under Criterion, small enough to run often: the yardstick, columns, typed `execute`.
//!
//! `cargo bench`; the ratio at full size is what `cargo run --release --example oa1` prints.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use stockbook_benches::oa1::{Parameters, Workload};
use stockbook_benches::{engine, yardstick};

fn oa1(criterion: &mut Criterion) {
    let workload = Workload::generate(Parameters { orders: 20_000, skus: 5_000, ..Parameters::default() });
    let empty = engine::book(&workload, engine::POLICY).expect("the workload's own book");
    let columns = engine::Columns::new(&workload);
    let envelopes = engine::envelopes(&workload, workload.orders());
    let mut group = criterion.benchmark_group("oa1");
    group.sample_size(10).throughput(Throughput::Elements(workload.lines() as u64));
    group.bench_function("yardstick", |bencher| bencher.iter(|| yardstick::run(&workload)));
    group.bench_function("column", |bencher| {
        let run = |mut book| engine::run_columns(&mut book, &columns).expect("columns that fit");
        bencher.iter_batched(|| empty.clone(), run, BatchSize::PerIteration);
    });
    group.bench_function("execute", |bencher| {
        let run = |mut book| engine::run_execute(&mut book, &envelopes).expect("orders that are accepted");
        bencher.iter_batched(|| empty.clone(), run, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, oa1);
criterion_main!(benches);
