//! How often clients may ask, and how they are told (draft-ietf-httpapi-ratelimit-headers-11).
//!
//! The `layer` stands in front of the router and counts everything by address; the `pipeline`
//! counts a route's own limit by address before it looks at the request, and what somebody who is
//! signed in asks for after it knows who that is. Every count leaves a `Standing`, and the layer
//! writes them all into the reply.

mod bounded;
mod buckets;
mod guarded;
mod key;
pub(crate) mod layer;
mod quotas;
mod rule;
mod standing;
mod throttle;

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use gacp_keys::Keyring;
use gacp_limits::{Key, Quota, RateLimiter};

use super::{ApiError, Shell};
pub use guarded::Guarded;
pub(super) use key::{ByAddress, of_user};
pub use quotas::Quotas;
use rule::Rule;
pub(super) use standing::{RATELIMIT, RATELIMIT_POLICY, whole_seconds};
pub use throttle::Throttle;

/// What is limited. The names are those of the configuration and of the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Whatever comes from an address.
    Everything,
    /// Logins from an address; guesses at one account are the lockout's business.
    Login,
    /// Registrations from an address.
    Register,
    /// Refreshes of a session.
    Refresh,
    /// Verifications of certificates from an address.
    Verify,
    /// Whatever somebody who is signed in asks for.
    User,
}

impl Limit {
    /// The name of its policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Login => "login",
            Self::Register => "register",
            Self::Refresh => "refresh",
            Self::Verify => "verify",
            Self::User => "user",
        }
    }

    /// Whether all processes together grant it once. The others are there to protect a process.
    fn is_shared(self) -> bool {
        matches!(self, Self::Login | Self::Register | Self::Refresh | Self::Verify)
    }
}

/// The limits of this process.
pub struct Limits {
    everything: Rule,
    login: Rule,
    register: Rule,
    refresh: Rule,
    verify: Rule,
    user: Rule,
}

impl Limits {
    /// Limits of these quotas in this process alone; nobody has asked for anything yet.
    pub fn of(quotas: &Quotas) -> Self {
        Self::by(|limit| Rule::new(limit, quotas.of(limit)))
    }

    /// Limits of these quotas, shared among all processes where it matters: what costs an Argon2
    /// hash, makes records, or lets certificate numbers be guessed. `limiter` makes the limiter
    /// that they share.
    pub fn across(
        quotas: &Quotas,
        keyring: &Keyring,
        limiter: impl Fn(Limit, Quota) -> Arc<dyn RateLimiter>,
    ) -> Self {
        Self::by(|limit| {
            let quota = quotas.of(limit);
            if limit.is_shared() {
                Rule::across(limit, quota, limiter(limit, quota), keyring.clone())
            } else {
                Rule::new(limit, quota)
            }
        })
    }

    fn by(rule: impl Fn(Limit) -> Rule) -> Self {
        Self {
            everything: rule(Limit::Everything),
            login: rule(Limit::Login),
            register: rule(Limit::Register),
            refresh: rule(Limit::Refresh),
            verify: rule(Limit::Verify),
            user: rule(Limit::User),
        }
    }

    /// Forgets whoever has asked for so little that it makes no difference any more.
    pub(crate) fn prune(&self) {
        let Self { everything, login, register, refresh, verify, user } = self;
        for rule in [everything, login, register, refresh, verify, user] {
            rule.prune();
        }
    }

    fn rule(&self, limit: Limit) -> &Rule {
        match limit {
            Limit::Everything => &self.everything,
            Limit::Login => &self.login,
            Limit::Register => &self.register,
            Limit::Refresh => &self.refresh,
            Limit::Verify => &self.verify,
            Limit::User => &self.user,
        }
    }
}

/// Counts a request against a limit. Fails with [`ApiError::RateLimited`] when it was one too
/// many; without limits it never fails.
pub(super) async fn count(request: &HttpRequest, limit: Limit, key: Key) -> Result<(), ApiError> {
    let Some(limits) = of(request) else { return Ok(()) };
    let standing = limits.rule(limit).take(key).await;
    standing.note(request);
    standing.outcome()
}

/// The limits that are in force, if they are.
fn of(request: &HttpRequest) -> Option<&Limits> {
    request.app_data::<web::Data<Shell>>()?.limits.as_deref()
}

#[cfg(test)]
mod tests;
