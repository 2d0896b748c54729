//! Where a client stands with its limits, as it is told.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};
use gacp_limits::{Quota, Verdict};

use super::{ApiError, Limit};

pub(in crate::http) const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(in crate::http) const RATELIMIT_POLICY: HeaderName =
    HeaderName::from_static("ratelimit-policy");

/// What a limit said to a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) limit: Limit,
    pub(super) quota: Quota,
    pub(super) verdict: Verdict,
}

/// Everything that was said to a request.
struct Standings(Vec<Standing>);

impl Standing {
    /// Fails with [`ApiError::RateLimited`] when it was one too many.
    pub(super) fn outcome(&self) -> Result<(), ApiError> {
        self.verdict.refused_for.map_or(Ok(()), |wait| Err(ApiError::RateLimited { wait }))
    }

    /// Keeps it for the reply.
    pub(super) fn note(self, request: &HttpRequest) {
        let mut extensions = request.extensions_mut();
        match extensions.get_mut::<Standings>() {
            Some(Standings(all)) => all.push(self),
            None => {
                extensions.insert(Standings(vec![self]));
            }
        }
    }

    /// `"login";q=60;w=60`.
    fn policy(&self, to: &mut String) {
        let Self { limit, quota, .. } = self;
        item(to, limit.name(), [("q", quota.units().into()), ("w", quota.window().as_secs())]);
    }

    /// `"login";r=3;t=21`: so many are left, until so many seconds from now. They come back one by
    /// one, so `t` is when all of them are back; after a refusal it is when the next one is, which
    /// is what `Retry-After` says.
    fn state(&self, to: &mut String) {
        let Self { limit, verdict: Verdict { remaining, full_in, refused_for }, .. } = self;
        let until = refused_for.map_or(*full_in, |wait| wait.max(SECOND));
        item(to, limit.name(), [("r", (*remaining).into()), ("t", whole_seconds(until))]);
    }

    /// A refusal before everything else, then what is the first to be used up.
    fn tightness(&self) -> (bool, u32) {
        (self.verdict.is_allowed(), self.verdict.remaining)
    }
}

/// As long as what is said of two limits, in bytes.
const LIST: usize = 64;

const SECOND: Duration = Duration::from_secs(1);

/// In whole seconds, rounded up: who comes back then is not refused again.
pub(in crate::http) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

/// Writes everything that was said to a request into its reply, the tightest limit first: this and
/// what was noted.
pub(super) fn write(outermost: Standing, request: &HttpRequest, headers: &mut HeaderMap) {
    match request.extensions_mut().remove::<Standings>() {
        None => write_all(&[outermost], headers),
        Some(Standings(mut all)) => {
            all.insert(0, outermost);
            all.sort_by_key(Standing::tightness);
            write_all(&all, headers);
        }
    }
}

fn write_all(all: &[Standing], headers: &mut HeaderMap) {
    let fields =
        [(RATELIMIT_POLICY, list(all, Standing::policy)), (RATELIMIT, list(all, Standing::state))];
    for (name, text) in fields {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}

/// A list of structured fields (RFC 9651).
fn list(all: &[Standing], say: fn(&Standing, &mut String)) -> String {
    let mut text = String::with_capacity(LIST);
    for standing in all {
        if !text.is_empty() {
            text.push_str(", ");
        }
        say(standing, &mut text);
    }
    text
}

/// An item of such a list: a string with its parameters.
fn item(to: &mut String, name: &str, parameters: [(&str, u64); 2]) {
    for part in ["\"", name, "\""] {
        to.push_str(part);
    }
    for (key, value) in parameters {
        for part in [";", key, "=", itoa::Buffer::new().format(value)] {
            to.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn standing(limit: Limit, remaining: u32, refused_for: Option<Duration>) -> Standing {
        let full_in = Duration::from_millis(20_001);
        let verdict = Verdict { remaining, full_in, refused_for };
        Standing { limit, quota: Quota::per_minute(60), verdict }
    }

    fn written(outermost: Standing, noted: Option<Standing>) -> (String, String) {
        let request = TestRequest::default().to_http_request();
        if let Some(standing) = noted {
            standing.note(&request);
        }
        let mut headers = HeaderMap::new();
        write(outermost, &request, &mut headers);
        let text = |name| headers.get(name).unwrap().to_str().unwrap().to_owned();
        (text(RATELIMIT_POLICY), text(RATELIMIT))
    }

    #[test]
    fn the_tightest_limit_comes_first() {
        let loose = standing(Limit::Everything, 59, None);
        let tight = standing(Limit::Login, 3, None);

        let (policy, state) = written(loose, Some(tight));

        assert_eq!(policy, "\"login\";q=60;w=60, \"everything\";q=60;w=60");
        assert_eq!(state, "\"login\";r=3;t=21, \"everything\";r=59;t=21");
    }

    #[test]
    fn one_limit_stands_alone() {
        let (policy, state) = written(standing(Limit::Everything, 59, None), None);

        assert_eq!(policy, "\"everything\";q=60;w=60");
        assert_eq!(state, "\"everything\";r=59;t=21");
    }

    #[test]
    fn a_refusal_says_when_to_come_back_and_never_at_once() {
        let used_up = standing(Limit::Everything, 0, None);
        let refused = standing(Limit::Verify, 0, Some(Duration::from_millis(3)));

        let (_, state) = written(used_up, Some(refused));

        assert_eq!(state, "\"verify\";r=0;t=1, \"everything\";r=0;t=21");
    }
}
