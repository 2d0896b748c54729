//! One call of a use case that changes something.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use gacp_store::{Actor, Attempt, Lease, Once, ReceiptKey};
use jiff::Timestamp;

use super::{ApiError, Reply, RequestId, Shell};

/// When a call happens, by which request, and whether that request may be sent again.
#[derive(Debug, Clone)]
pub struct Call {
    /// When.
    pub at: Timestamp,
    request_id: RequestId,
    granted: Option<Granted>,
}

/// An idempotency key that this run of the request holds.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) key: ReceiptKey,
    pub(super) lease: Lease,
    /// Whether the reply went into the transaction of the change.
    answered: Arc<AtomicBool>,
}

impl Granted {
    pub(super) fn new(key: ReceiptKey, lease: Lease) -> Self {
        Self { key, lease, answered: Arc::default() }
    }

    pub(super) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Acquire)
    }
}

impl Call {
    /// The id of the request.
    pub fn request_id(&self) -> &str {
        self.request_id.as_str()
    }

    /// Lets a use case change something, and answers with what came of it. The same `answer` is
    /// stored with the change when the request may be sent again.
    pub async fn run<T, E>(
        &self,
        by: Actor,
        answer: impl Fn(&T) -> Reply + Send + Sync,
        act: impl AsyncFnOnce(&Attempt<'_, T>) -> Result<T, E>,
    ) -> Result<Reply, ApiError>
    where
        ApiError: From<E>,
    {
        let stored = |result: &T| {
            if let Some(granted) = &self.granted {
                granted.answered.store(true, Ordering::Release);
            }
            answer(result).into_stored()
        };
        let once = self.granted.as_ref().map(|granted| Once {
            key: granted.key,
            lease: granted.lease,
            reply: &stored,
        });
        let attempt = Attempt { by, at: self.at, request_id: self.request_id(), once };
        let result = act(&attempt).await?;
        Ok(answer(&result))
    }
}

impl FromRequest for Call {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(shell) = request.app_data::<web::Data<Shell>>() else {
            return ready(Err(ApiError::Internal("the shell is not in place".into())));
        };
        ready(Ok(Self {
            at: shell.clock.now(),
            request_id: RequestId::of(request),
            granted: request.extensions().get::<Granted>().cloned(),
        }))
    }
}
