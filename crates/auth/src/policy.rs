//! How long tokens work and for whom.

use jiff::SignedDuration;

use crate::Backoff;

/// How long tokens work and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Who issues access tokens (`iss`).
    pub issuer: String,
    /// Whom they are for (`aud`).
    pub audience: String,
    /// How long an access token works.
    pub access_lifetime: SignedDuration,
    /// By how much the clocks of two processes may differ.
    pub leeway: SignedDuration,
    /// When a session ends that is not used.
    pub refresh_idle: SignedDuration,
    /// When a session ends, however often it is used.
    pub refresh_absolute: SignedDuration,
    /// For how long the token just replaced still gets the token that replaced it: the time in
    /// which a client notices that it missed a reply, and asks again.
    pub retry_window: SignedDuration,
    /// How guesses at the password of one account are slowed down.
    pub guesses: Backoff,
    /// How guesses from one network are, at whatever accounts; nothing when they are not counted.
    pub network_guesses: Option<Backoff>,
}

impl Policy {
    /// The platform's defaults: 15 minutes, 5 seconds, 14 and 90 days, 10 seconds,
    /// [`Backoff::at_an_account`] and [`Backoff::from_a_network`].
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            access_lifetime: SignedDuration::from_mins(15),
            leeway: SignedDuration::from_secs(5),
            refresh_idle: SignedDuration::from_hours(14 * 24),
            refresh_absolute: SignedDuration::from_hours(90 * 24),
            retry_window: SignedDuration::from_secs(10),
            guesses: Backoff::at_an_account(),
            network_guesses: Some(Backoff::from_a_network()),
        }
    }

    /// For how long after it was signed some process may accept an access token: its lifetime, the
    /// leeway, and the leeway once more where the clock of who reads it is behind.
    pub fn accepted_for(&self) -> SignedDuration {
        self.access_lifetime + self.leeway * 2
    }
}
