//! `cargo xtask <task>`: everything that CI and operators run and that is not the server.
#![expect(clippy::print_stdout, reason = "a task talks to the person who runs it")]

mod artillery;
mod bare;
mod bench;
mod bodies;
mod cache_status;
mod chaos;
mod check;
mod client;
mod compare;
mod cpu;
mod demo;
mod exposition;
mod http1;
mod index;
mod interrupt;
mod latency;
mod load;
mod meter;
mod npm;
mod observe;
mod office;
mod operator;
mod passwords;
mod people;
mod rate;
mod round;
mod server;
mod services;
mod signal;
mod targets;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Everything that CI and operators run and that is not the server.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Make accounts that nobody could make over HTTP: the first administrator
    ///
    /// `cargo xtask admin create --email … --role ADMIN`, the password on standard input. Runs
    /// `gacp-api admin` on the store that the server is configured for.
    Admin(operator::Args),
    /// Rotate the keys that sign access tokens
    ///
    /// `cargo xtask auth rotate-keys`. Runs `gacp-api auth` on the store that the server is
    /// configured for; servers on it may be running.
    Auth(operator::Args),
    /// Measure what the product promises in figures, and judge it
    ///
    /// Builds the release server and starts it for each run, with high limits.
    Bench(bench::Args),
    /// Break what breaks in production while clients write and read, and see what holds
    ///
    /// Each drill builds the release server and starts it with servers of its own beside it, never
    /// those of `MONGODB_URI` and `REDIS_URL`. Fails when an invariant is broken.
    Chaos(chaos::Args),
    /// Run what CI runs before the tests: format, lints, dependency rules, docs
    ///
    /// Runs every check, the later ones also when an earlier one fails; fails if any does.
    Check(check::Args),
    /// Ours beside what was there before: what each makes of the same cases
    ///
    /// Needs what it is compared with, and installs that under `target/tools`. Fails when ours is
    /// wrong.
    Compare(compare::Args),
    /// Play the whole journey, registration to public verification, against a server
    ///
    /// Without `--url` it builds the release server and starts it with the demonstration data on
    /// a free port and a temporary folder. Then the time to ready and the idle memory are judged
    /// too, and the server is killed once and started again, to see that nothing is lost.
    Demo(demo::Args),
    /// Plan, build and check the indexes of MongoDB, and explain every query that walks them
    ///
    /// The catalogue of collections, validators, indexes and queries stands in `gacp-store-mongo`,
    /// beside the queries.
    Index(index::Args),
    /// Play load scenarios, and say why what failed did
    ///
    /// Artillery's format. Looks for what is wrong with a scenario and its data first.
    Load(load::Args),
    /// Let programs that nobody here wrote watch two servers, and see what they see
    ///
    /// Prometheus, its promtool and a receiver of spans, beside servers of its own on SQLite and on
    /// MongoDB. Fails when an expression of a dashboard or a rule can not be read, names what
    /// nobody tells, or is empty; when a trace comes in pieces; when promtool has something to say.
    Observe(observe::Args),
    /// Pack lists of common passwords into the one that the server carries
    ///
    /// Keeps of each password no more than it takes to recognise it, and those alone that are long
    /// enough to be accepted otherwise.
    Passwords(passwords::Args),
    /// Start, stop and list a real MongoDB and a real Redis for tests
    ///
    /// Uses `MONGODB_URI` and `REDIS_URL` when they are set, else `mongod` and `redis-server` on
    /// the PATH, else installs them under `target/services`.
    Services(services::Args),
    /// Run every test of the workspace, and count the cases of each store
    ///
    /// Unit, contract, API and doc tests; fails when one fails or is skipped. Starts MongoDB and
    /// Redis for them, as `services` does, and stops them at the end. Uses cargo-nextest where it
    /// is installed, `cargo test` otherwise.
    Test(test::Args),
}

fn main() -> ExitCode {
    let verdict = match Task::parse() {
        Task::Admin(args) => operator::run("admin", &args),
        Task::Auth(args) => operator::run("auth", &args),
        Task::Bench(args) => bench::run(&args),
        Task::Chaos(args) => chaos::run(&args),
        Task::Check(args) => check::run(&args),
        Task::Compare(args) => compare::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::Index(args) => index::run(&args),
        Task::Load(args) => load::run(&args),
        Task::Observe(args) => observe::run(&args),
        Task::Passwords(args) => passwords::run(&args),
        Task::Services(args) => services::run(&args),
        Task::Test(args) => test::run(&args),
    };
    match verdict {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
