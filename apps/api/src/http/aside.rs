//! Use cases that compute for milliseconds, off the threads that serve.

use actix_web::web;
use tokio::runtime::Handle;

use super::{ApiError, Reply};

/// Runs a use case on a thread where its computing delays no other request. The work is done even
/// when the client goes away.
pub async fn aside(
    work: impl AsyncFnOnce() -> Result<Reply, ApiError> + Send + 'static,
) -> Result<Reply, ApiError> {
    let runtime = Handle::current();
    let done = web::block(move || runtime.block_on(work())).await;
    done.unwrap_or_else(|error| Err(ApiError::Internal(error.into())))
}
