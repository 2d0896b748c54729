//! Logins and what else proves who somebody is.

use std::time::Duration;

use gacp_auth::{AuthError, Observer, Refreshed, SecurityEventKind};
use gacp_store::Role;
use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// In seconds, as the product's plan asks for them.
const BUCKETS: [f64; 7] = [0.1, 0.3, 0.5, 0.7, 1.0, 2.0, 5.0];

closed_label! {
    /// Why a login opened no session.
    pub(super) enum Reason {
        /// It named no account.
        UnknownAccount => "unknown_account",
        /// The password was not the account's.
        WrongPassword => "wrong_password",
        /// There were too many guesses.
        Locked => "locked",
        /// The account is disabled.
        Disabled => "disabled",
        /// Too many passwords waited to be looked at.
        Overloaded => "overloaded",
        /// A store or something else did not work.
        Unavailable => "unavailable",
        /// What was sent is no login.
        Invalid => "invalid",
    }
}

closed_label! {
    /// What a refresh token got.
    pub(super) enum Outcome {
        /// The next tokens.
        Rotated => "rotated",
        /// The same tokens once more.
        Repeated => "repeated",
        /// Nothing.
        Refused => "refused",
        /// The end of its session.
        Reused => "reused",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRole {
    role: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: Outcome,
}

/// `auth_login_success_total{role}`, `auth_login_failure_total{reason}`,
/// `auth_login_duration_seconds`, `auth_registrations_total` and `auth_refresh_total{outcome}`.
#[derive(Debug)]
pub struct Logins {
    successes: Family<ByRole, Counter>,
    failures: Family<ByReason, Counter>,
    durations: Histogram,
    registrations: Counter,
    refreshes: Family<ByOutcome, Counter>,
}

impl Logins {
    /// Registers them; every series is there from the start.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let (successes, failures) = (Family::<ByRole, Counter>::default(), Family::default());
        let (registrations, refreshes) = (Counter::default(), Family::default());
        let durations = Histogram::new(BUCKETS);
        for role in Role::ALL {
            drop(successes.get_or_create(&ByRole { role: role.as_str() }));
        }
        for reason in Reason::ALL {
            drop(failures.get_or_create(&ByReason { reason }));
        }
        for outcome in Outcome::ALL {
            drop(refreshes.get_or_create(&ByOutcome { outcome }));
        }
        registry.register("auth_login_success", "Logins that opened a session", successes.clone());
        registry.register("auth_login_failure", "Logins that opened none", failures.clone());
        let about = "How long logins took, those that failed too";
        registry.register("auth_login_duration_seconds", about, durations.clone());
        registry.register("auth_registrations", "Accounts that were opened", registrations.clone());
        registry.register("auth_refresh", "Refresh tokens that were presented", refreshes.clone());
        Self { successes, failures, durations, registrations, refreshes }
    }

    /// A login ended after so long.
    pub fn ended(&self, outcome: Result<Role, &AuthError>, took: Duration) {
        self.durations.observe(took.as_secs_f64());
        let reason = match outcome {
            Ok(role) => {
                self.successes.get_or_create(&ByRole { role: role.as_str() }).inc();
                return;
            }
            // Counted by what happened, which the error does not tell.
            Err(AuthError::Unproven(_)) => return,
            Err(AuthError::Invalid(_)) => Reason::Invalid,
            Err(AuthError::Overloaded) => Reason::Overloaded,
            Err(_) => Reason::Unavailable,
        };
        self.failed(reason);
    }

    fn failed(&self, reason: Reason) {
        self.failures.get_or_create(&ByReason { reason }).inc();
    }
}

impl Observer for Logins {
    fn happened(&self, kind: SecurityEventKind) {
        match kind {
            SecurityEventKind::LoginUnknownAccount => self.failed(Reason::UnknownAccount),
            SecurityEventKind::LoginWrongPassword => self.failed(Reason::WrongPassword),
            SecurityEventKind::LoginLocked => self.failed(Reason::Locked),
            SecurityEventKind::LoginAccountDisabled => self.failed(Reason::Disabled),
            SecurityEventKind::LoginSucceeded
            | SecurityEventKind::PasswordChangeRefused
            | SecurityEventKind::RefreshTokenReused => {}
        }
    }

    fn registered(&self) {
        self.registrations.inc();
    }

    fn refreshed(&self, outcome: Refreshed) {
        let outcome = match outcome {
            Refreshed::Rotated => Outcome::Rotated,
            Refreshed::Repeated => Outcome::Repeated,
            Refreshed::Refused => Outcome::Refused,
            Refreshed::Reused => Outcome::Reused,
        };
        self.refreshes.get_or_create(&ByOutcome { outcome }).inc();
    }
}
