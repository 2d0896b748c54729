//! `gacp-api admin create`.

use anyhow::anyhow;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;
use gacp_auth::{AuthError, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, StaffDraft};
use gacp_store::{Role, UnknownRole, Violation, Violations};

use super::{place, secret_line};
use crate::clock::Clock;
use crate::compose::Foundation;
use crate::config::Config;
use crate::observe::Metrics;

/// Who gets an account.
#[derive(Debug, Clone, clap::Args)]
pub struct NewStaff {
    /// Where mail reaches the member; the account is found by it
    #[arg(long)]
    email: String,
    /// What the member may do
    #[arg(long, value_parser = PossibleValuesParser::new(staff()).try_map(role))]
    role: Role,
    /// First and last name [default: what stands before the @ of the e-mail]
    #[arg(long)]
    name: Option<String>,
}

fn staff() -> impl Iterator<Item = &'static str> {
    Role::ALL.into_iter().filter(|role| role.is_staff()).map(Role::as_str)
}

#[expect(clippy::needless_pass_by_value, reason = "clap hands over what it parsed")]
fn role(name: String) -> Result<Role, UnknownRole> {
    name.parse()
}

pub(super) async fn create(staff: &NewStaff, config: &Config, clock: &Clock) -> anyhow::Result<()> {
    let password = tokio::task::spawn_blocking(secret_line::read).await??;
    let foundation = Foundation::open(config, clock.now(), &Metrics::unseen(config)).await?;
    let made = foundation.auth.appoint(Violations::check(staff.draft(&password)), clock.now());
    let made = made.await.map_err(|error| refused(error, &staff.email));
    foundation.stores.close().await?;
    let account = made?;
    println!("{} {} {}", account.role().as_str(), account.email(), account.id());
    println!("in {}", place(config));
    Ok(())
}

impl NewStaff {
    fn draft(&self, password: &str) -> StaffDraft {
        let before_at = self.email.split('@').next().unwrap_or_default();
        StaffDraft {
            email: self.email.clone(),
            full_name: self.name.clone().unwrap_or_else(|| before_at.to_owned()),
            role: self.role,
            password: password.to_owned(),
        }
    }
}

fn refused(error: AuthError, email: &str) -> anyhow::Error {
    match error {
        AuthError::AccountExists => anyhow!("{email} has an account already"),
        AuthError::Invalid(violations) => {
            let told: Vec<String> = violations.iter().map(told).collect();
            anyhow!("no account was made: {}", told.join("; "))
        }
        other => other.into(),
    }
}

/// What is wrong, in the words of the command line; never what was typed.
fn told(violation: &Violation) -> String {
    match (violation.pointer.as_str(), violation.code.as_str()) {
        ("/password", "too-short") => {
            format!("the password has fewer than {MIN_PASSWORD_CHARS} characters")
        }
        ("/password", "too-long") => {
            format!("the password has more than {MAX_PASSWORD_CHARS} characters")
        }
        ("/password", _) => "the password is a common one, or holds the name or what stands \
                             before the @ of the e-mail"
            .to_owned(),
        ("/email", _) => "--email is no e-mail address".to_owned(),
        ("/fullName", code) => format!("--name is {code}"),
        (pointer, code) => format!("{pointer} is {code}"),
    }
}
