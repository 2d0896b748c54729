//! The kinds of causes, and what to do about each.

use serde::Serialize;

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal $why:literal $help:literal)+) => {
        /// A kind of cause.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub(in crate::load) enum Class {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Class {
            /// Its name, as cards begin with it.
            pub(in crate::load) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// What it means.
            pub(in crate::load) fn why(self) -> &'static str {
                match self {
                    $(Self::$name => $why,)+
                }
            }

            /// What to do about it.
            pub(in crate::load) fn help(self) -> &'static str {
                match self {
                    $(Self::$name => $help,)+
                }
            }
        }
    };
}

classes! {
    /// Nobody knows.
    Unexplained "unexplained"
        "no rule of this task says why"
        "look at the server's log for the request id, and give the cause a name here"
    /// What a row of a data file says is refused.
    FixtureRow "fixture row"
        "the server refuses what a row of the data file says; the server is not at fault"
        "correct the row, or the way it is read: `cargo xtask load lint`"
    /// The scenario asks for something that cannot be.
    Scenario "scenario"
        "the scenario asks for what cannot be given"
        "correct the step in the scenario"
    /// The reply came, and is not what the scenario expects.
    Drift "expectation drift"
        "the reply has changed, or the scenario expects what never was"
        "hold the scenario against the contract, then correct the one that is wrong"
    /// The server does not take what was sent.
    Validation "validation"
        "what the scenario itself says in these fields is refused"
        "correct the body in the scenario"
    /// A token's time is over.
    ExpiredToken "expired token"
        "the token had expired when it was sent"
        "log in within the journey, or make the data anew: tokens live for 15 minutes"
    /// A token that is of no use before its time is over.
    RefusedToken "refused token"
        "the session has ended, the account is disabled, or the token was used before"
        "look for a logout, or for two journeys in one name"
    /// The caller may not do that.
    Forbidden "forbidden"
        "the account is known and may not do this"
        "give the step an account with the role that docs/access.md names"
    /// Others were first.
    Conflict "conflict"
        "what is there does not allow it: somebody else was first, or it was done before"
        "give each journey its own, or expect the status"
    /// More than a limit lets through.
    RateLimited "rate limited"
        "more requests came from one address or account than its limit lets through"
        "raise GACP_RATE_LIMIT__… of a server that is for load runs, or use more accounts"
    /// More than can be done.
    Shed "shed"
        "the server had more to do than it can, and said so at once"
        "fewer arrivals, or more cores: this is the server's capacity"
    /// Something that the server needs is out.
    BreakerOpen "breaker open"
        "what the server depends on is out or slow, and its breaker is open"
        "look at that dependency; /health/ready names it"
    /// No connection, or one that broke.
    Connection "connection"
        "the connection was refused, reset or closed before the reply was there"
        "see whether the server runs, was restarted, or ran out of open files"
    /// No reply in time.
    Timeout "timeout"
        "no reply came within the limit of the scenario"
        "look at what the server waits for; a limit on latency tells of it before"
    /// The server broke.
    ServerError "server error"
        "the server failed: this is its defect"
        "look at its log for the request id"
    /// This task could not keep up.
    Generator "load generator"
        "every connection of this task was taken: the run says nothing of the server"
        "raise `http.pool`, or ask for less"
}
