//! The three tokens that clients hold, and how they are told from forgeries.

pub(crate) mod access;
pub(crate) mod device;
pub(crate) mod refresh;
pub(crate) mod seen;
