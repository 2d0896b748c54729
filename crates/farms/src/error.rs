//! Why a farm use case did not happen.

use gacp_store::{Precondition, StoreError, Violations};
use thiserror::Error;

use crate::{FarmAction, FarmStatus};

/// Why a farm use case did not happen.
#[derive(Debug, Error)]
pub enum FarmError {
    /// There is no such farm or plot, or it is another farmer's.
    #[error("farm or plot does not exist")]
    NotFound,
    /// The farm may be seen, but this is somebody else's to do.
    #[error("not allowed on this farm")]
    Forbidden,
    /// The client means another state of the farm, or did not say which.
    #[error("farm is not in the state that was meant")]
    Precondition(#[from] Precondition),
    /// What was sent breaks rules.
    #[error("farm or plot is described wrongly")]
    Invalid(#[from] Violations),
    /// The owner has another farm of this name.
    #[error("farm name is already taken")]
    NameTaken,
    /// The farm cannot be changed, or archived, as things stand.
    #[error("farm cannot be changed now")]
    NotEditable(Obstacle),
    /// The action leads nowhere from the farm's status.
    #[error("action is not possible now")]
    WrongStatus {
        /// What was tried.
        action: FarmAction,
        /// What this caller could do instead.
        allowed: Vec<FarmAction>,
    },
    /// The store failed. [`StoreError::Stale`] here means that a change for which no state was
    /// named lost every one of its races.
    #[error("farm store failed")]
    Store(#[from] StoreError),
}

/// What stands in the way of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Farms in this status are not their owners' to change.
    Status(FarmStatus),
    /// An application that is under way, or a certificate that counts, relies on the farm.
    LiveWork,
    /// The farm has as many plots, or positions in them, as a farm can have.
    Full,
}
