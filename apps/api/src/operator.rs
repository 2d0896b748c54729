//! What an operator does on the store of a server, beside serving: commands of the program that
//! read the same configuration, so that there is one way to find a store and to open its keys. The
//! server may be running.
#![expect(clippy::print_stdout, reason = "a command answers the person who runs it")]

mod accounts;
mod crowd;
mod health;
mod keys;
mod secret_line;

use clap::Subcommand;

use crate::clock::Clock;
use crate::config::{Config, Store};

pub use self::accounts::NewStaff;

/// What an operator does on the store of a server.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Ask the server of this configuration whether it is ready; fails when it is not
    ///
    /// What a container's health check runs: it needs no shell and no other program.
    Health,
    /// The keys that sign access tokens
    #[command(subcommand)]
    Auth(AuthCommand),
    /// Accounts that nobody could make over HTTP
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Make people for load runs, who share one password hash; on loopback only
    ///
    /// Each line on standard input is one of them (JSON: registration, farm, plot, application), and
    /// becomes an account, an approved farm with its plot, and an application, by the rules that hold
    /// for everybody. Who has an account already is passed over. `cargo xtask load seed` writes the
    /// lines.
    Crowd,
}

/// What can be done to the keys that sign access tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum AuthCommand {
    /// Make the next key that signs access tokens
    ///
    /// It is published at once (GET /.well-known/jwks.json) and signs 10 minutes later, when every
    /// server on this store has read it; the present key stays until the last token that it signed
    /// has expired. No token is refused, no server restarted. While a key waits for its time, that
    /// one is shown and none is made. Servers do the same by themselves once a month.
    RotateKeys,
}

/// What can be done about accounts of staff.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminCommand {
    /// Make the account of a member of staff: the first administrator, whom no other can enroll
    ///
    /// The password is read from standard input, one line; on a terminal it is asked for twice and
    /// not shown. It has 12 to 128 characters, is none of the common ones, and holds neither the
    /// e-mail's local part nor a part of the name. Fails when the e-mail has an account already.
    #[command(after_help = "Example:\n  gacp-api admin create --email admin@example.org \
                            --role ADMIN --name 'อรุณี จันทร์เพ็ญ' < password")]
    Create(NewStaff),
}

/// Does it, and says on standard output what came of it.
pub async fn run(command: &Command, config: &Config, clock: &Clock) -> anyhow::Result<()> {
    match command {
        Command::Health => health::ask(config).await,
        Command::Crowd => crowd::make(config, clock).await,
        Command::Auth(AuthCommand::RotateKeys) => keys::rotate(config, clock).await,
        Command::Admin(AdminCommand::Create(staff)) => accounts::create(staff, config, clock).await,
    }
}

/// Where the records are, in an operator's words.
fn place(config: &Config) -> String {
    match &config.store {
        Store::Sqlite => format!("the data folder {}", config.server.data_dir.display()),
        Store::Mongo { database, .. } => format!("the MongoDB database {database}"),
    }
}
