//! How much there is of everything that is limited.

use gacp_limits::Quota;

use super::Limit;

/// The quota of every limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Of whatever comes from an address.
    pub everything: Quota,
    /// Of logins from an address.
    pub login: Quota,
    /// Of registrations from an address.
    pub register: Quota,
    /// Of refreshes of a session.
    pub refresh: Quota,
    /// Of verifications from an address.
    pub verify: Quota,
    /// Of whatever somebody who is signed in asks for.
    pub user: Quota,
}

impl Quotas {
    pub(super) fn of(&self, limit: Limit) -> Quota {
        match limit {
            Limit::Everything => self.everything,
            Limit::Login => self.login,
            Limit::Register => self.register,
            Limit::Refresh => self.refresh,
            Limit::Verify => self.verify,
            Limit::User => self.user,
        }
    }
}

impl Default for Quotas {
    /// Mobile carriers put thousands of farmers behind one address.
    fn default() -> Self {
        Self {
            everything: Quota::per_minute(6_000),
            login: Quota::per_minute(60),
            register: Quota::per_hour(60),
            refresh: Quota::per_minute(30),
            verify: Quota::per_minute(120),
            user: Quota::per_minute(600),
        }
    }
}
