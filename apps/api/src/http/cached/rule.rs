//! What a route says about keeping its replies.

use actix_web::HttpRequest;
use gacp_cache::{Key, Policy, Scope, Tags};
use gacp_store::Actor;

use crate::http::query;

/// Two versions of the server share nothing: what they make may look different.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How replies of a route are kept.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    made: Made,
    known: &'static [&'static str],
    pub(super) policy: Policy,
}

/// For whom a reply is made, and of what; nothing where that cannot be said.
#[derive(Debug, Clone, Copy)]
enum Made {
    ForAnybody(fn(&Asked<'_>) -> Option<Tags>),
    ForTheCaller(fn(&Asked<'_>, Actor) -> Option<Tags>),
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r>(&'r HttpRequest);

impl<'r> Asked<'r> {
    /// A parameter of its path.
    pub fn path(self, name: &str) -> Option<&'r str> {
        self.0.match_info().get(name)
    }
}

impl Rule {
    /// Everybody gets the same reply; it is made of these.
    pub const fn for_anybody(policy: Policy, of: fn(&Asked<'_>) -> Option<Tags>) -> Self {
        Self { made: Made::ForAnybody(of), known: &[], policy }
    }

    /// Nobody else gets a caller's reply, nor he himself in another role; it is made of these.
    pub const fn for_the_caller(policy: Policy, of: fn(&Asked<'_>, Actor) -> Option<Tags>) -> Self {
        Self { made: Made::ForTheCaller(of), known: &[], policy }
    }

    /// The parameters of the query on which the reply depends. With any other it is not kept.
    #[must_use]
    pub const fn by(self, known: &'static [&'static str]) -> Self {
        Self { known, ..self }
    }

    /// The reply that a request asks for if it comes from this caller, and what it is made of;
    /// nothing where it is not kept.
    pub(super) fn names(
        &self,
        path: &str,
        request: &HttpRequest,
        by: Option<Actor>,
    ) -> Option<(Key, Tags)> {
        let asked = Asked(request);
        let (tags, who) = match self.made {
            Made::ForAnybody(of) => (of(&asked)?, None),
            Made::ForTheCaller(of) => {
                let by = by?;
                (of(&asked, by)?, Some(format!("{} {}", by.role.as_str(), by.id)))
            }
        };
        let scope = who.as_deref().map_or(Scope::Public, Scope::User);
        let pairs = query::pairs(request).ok()?;
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // `HEAD` is answered like `GET`.
        let key = Key::of(path, "GET", scope).version(VERSION).query(self.known, pairs).ok()?;
        let key = request.match_info().iter().fold(key, |key, (name, value)| key.path(name, value));
        Some((key.key(), tags))
    }
}
