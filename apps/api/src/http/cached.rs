//! Replies that the server keeps, so that they need not be made again.
//!
//! By the time that one is given, the caller is known, admitted and counted. Where that takes a
//! while it is looked for meanwhile ([`Ahead`]). What is kept is what is sent: bytes, with their
//! headers.

mod load;
mod reply;
mod rule;

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, rt};
use gacp_cache::{How, Loaded, Looked, ReadThrough, Reply, Served};
use gacp_store::{Actor, StoreError};
use gacp_store_invalidating::tags;
use gacp_telemetry::log::along;
use tokio::sync::oneshot;
use tracing::Instrument as _;

pub(super) use self::reply::CACHE_STATUS;
pub(crate) use self::rule::Rule;
use super::{ApiError, Caller, Shell};
use crate::clock::Clock;

/// Makes a reply by running the rest of the route.
type Handle = Pin<Box<dyn Future<Output = ServiceResponse>>>;

/// Waits for what comes of that, wherever.
type Waiting = Pin<Box<dyn Future<Output = Loaded<StatusCode>> + Send>>;

/// What comes of a reply that was not made: a bug.
const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// A route whose replies are kept.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) path: &'static str,
    pub(super) rule: &'static Rule,
}

/// A reply that was looked for before it was known whether the request may have it. It is handed on
/// in a box: requests without one would have room for it, too.
pub(super) struct Ahead {
    /// From whom the request was thought to be.
    by: Option<Actor>,
    looked: Looked,
}

impl Kept {
    /// Looks for the reply to a request that is thought to be from this caller.
    pub(super) async fn ahead(
        self,
        shell: &Shell,
        request: &HttpRequest,
        by: Option<Actor>,
    ) -> Option<Box<Ahead>> {
        let looked = self.look(shell.replies.as_ref()?, request, by).await?;
        Some(Box::new(Ahead { by, looked }))
    }

    async fn look(
        self,
        replies: &ReadThrough<StatusCode>,
        request: &HttpRequest,
        by: Option<Actor>,
    ) -> Option<Looked> {
        let (key, tags) = self.rule.names(self.path, request, by)?;
        Some(replies.look(key, tags, &self.rule.policy).await)
    }
}

/// Looks for the reply to a request, unless that was done ahead. Nothing where it is not kept.
pub(super) async fn look(
    kept: Kept,
    ahead: Option<Box<Ahead>>,
    shell: &Shell,
    request: &HttpRequest,
) -> Option<Looked> {
    let replies = shell.replies.as_ref()?;
    let by = Caller::of(request).map(|caller| caller.actor);
    match ahead {
        Some(ahead) if ahead.by == by => Some(ahead.looked),
        // Boxed: it was looked for ahead, nearly always.
        _ => Box::pin(kept.look(replies, request, by)).await,
    }
}

/// Answers from what was found, if that is fresh.
pub(super) fn fresh(
    looked: &Looked,
    shell: &Shell,
    request: &HttpRequest,
) -> Option<ServiceResponse> {
    let (replies, now) = (shell.replies.as_ref()?, shell.clock.now());
    let entry = looked.fresh().filter(|entry| !reply::is_over(entry, now))?;
    let served = replies.serve_fresh(looked)?;
    Some(reply::of(entry, &served, request, now))
}

/// Answers from what was found, or by making the reply, once for all who ask for it at the moment.
/// It goes on being made when its client leaves.
pub(super) async fn answer(
    looked: Option<Looked>,
    shell: &Shell,
    request: &HttpRequest,
    handle: Handle,
) -> Result<ServiceResponse, ApiError> {
    let Some(replies) = &shell.replies else {
        return Ok(reply::told(handle.await, How::Bypassed));
    };
    let Some(looked) = looked else {
        replies.bypassed();
        return Ok(reply::told(handle.await, How::Bypassed));
    };
    let making = Making::of(handle);
    let served = replies.serve_looked(looked, making.load(shell.clock.clone())).await;
    let served = served.map_err(|aborted| ApiError::Internal(aborted.into()))?;
    let (Served { reply, how, .. }, now) = (&served, shell.clock.now());
    match reply {
        Reply::Entry(entry) if reply::is_kept(*how) && reply::is_over(entry, now) => {
            Ok(reply::told(making.finish().await?, How::Bypassed))
        }
        Reply::Entry(entry) => Ok(reply::of(entry, &served, request, now)),
        Reply::Other(StatusCode::SERVICE_UNAVAILABLE) if !making.is_made() => {
            // Nobody asks again what has just not been answered to somebody else.
            Err(StoreError::Unavailable("the same request has just failed".into()).into())
        }
        Reply::Other(_) => Ok(reply::told(making.finish().await?, *how)),
    }
}

/// Makes invalid what the caller may have written by a request that is answered from its receipt:
/// nobody knows whether the run that was answered lived to do so.
pub(super) async fn invalidate_whatever(request: &HttpRequest, shell: &Shell) {
    let Some(caller) = Caller::of(request) else { return };
    let path = request.match_info();
    let named = path.get("id").or_else(|| path.get("number")).unwrap_or_default();
    shell.writes.invalidate(&tags::of_whoever(caller.actor.id, named)).await;
}

/// A reply that is being made, or will be, if it must.
struct Making {
    handle: Rc<RefCell<Option<Handle>>>,
    /// What came of it, where it is none to keep: for the one who had it made.
    made: Rc<RefCell<Option<ServiceResponse>>>,
}

impl Making {
    fn of(handle: Handle) -> Self {
        Self { handle: Rc::new(RefCell::new(Some(handle))), made: Rc::default() }
    }

    /// Runs in a task of the worker, which alone can run a handler; what comes of it can be waited
    /// for anywhere. It begins when it is waited for, and not before: what a handler reads earlier
    /// would pass for what the cache has leave to keep, with a write in between.
    fn load(&self, clock: Clock) -> impl FnOnce() -> Waiting + use<> {
        let (handle, made) = (Rc::clone(&self.handle), Rc::clone(&self.made));
        move || {
            let (start, may_start) = oneshot::channel();
            let (tell, told) = oneshot::channel();
            let work = async move {
                // Nobody waits where somebody else has made it meanwhile.
                let Ok(()) = may_start.await else { return };
                let Some(handle) = handle.take() else { return };
                let (loaded, response) = load::of(handle.await, &clock);
                made.replace(response);
                // Nobody may wait any more.
                let _ = tell.send(loaded);
            };
            rt::spawn(along(work.in_current_span()));
            let waiting: Waiting = Box::pin(async move {
                let _ = start.send(());
                told.await.unwrap_or(Loaded::Failed(BROKEN))
            });
            waiting
        }
    }

    /// Whether there is a reply that is for nobody else.
    fn is_made(&self) -> bool {
        self.made.borrow().is_some()
    }

    /// The reply that is for nobody else: it was made, or is made now where what came of somebody
    /// else's was for nobody else, either.
    async fn finish(self) -> Result<ServiceResponse, ApiError> {
        if let Some(made) = self.made.take() {
            return Ok(made);
        }
        let handle = self.handle.take();
        let handle = handle.ok_or_else(|| ApiError::Internal("a reply was not made".into()))?;
        Ok(handle.await)
    }
}
