//! What is asked for.

/// A route whose replies are kept, or the static one that they are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::bench) enum Route {
    /// The public keys: no caller, no store.
    Static,
    Profile,
    Farm,
    Application,
    Applications,
    Standards,
    Verification,
}

pub(in crate::bench) const ALL: [Route; 7] = [
    Route::Static,
    Route::Profile,
    Route::Farm,
    Route::Application,
    Route::Applications,
    Route::Standards,
    Route::Verification,
];

/// What is there to be asked for.
#[derive(Debug)]
pub(in crate::bench) struct Things {
    pub(in crate::bench) farm: String,
    pub(in crate::bench) application: String,
    pub(in crate::bench) number: String,
}

impl Route {
    pub(in crate::bench) fn name(self) -> &'static str {
        match self {
            Self::Static => "/.well-known/jwks.json",
            Self::Profile => "/api/auth/profile",
            Self::Farm => "/api/farms/{id}",
            Self::Application => "/api/certifications/{id}",
            Self::Applications => "/api/certifications",
            Self::Standards => "/api/standards",
            Self::Verification => "/api/certificates/{number}/verify",
        }
    }

    pub(in crate::bench) fn path(self, things: &Things) -> String {
        let Things { farm, application, number } = things;
        let name = if self == Self::Farm { farm } else { application };
        self.name().replace("{id}", name).replace("{number}", number)
    }
}
