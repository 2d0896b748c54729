//! What a server does with a refresh token: as the product does, or wrong in one way.

use jiff::SignedDuration;

use crate::service::refresh::{Renewal, is_retry};
use crate::{Next, Rotation, Session, TokenHash};

/// The rule that the servers of a world keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The product's.
    Product,
    /// A token that was replaced gets its successor at any time.
    NoWindow,
    /// It gets its successor whoever shows it.
    AnyDevice,
    /// It ends the session at once, also when the client has not seen the reply.
    NoRetry,
    /// It rotates the session again, to a successor of its own.
    Grace,
    /// It is refused, and the session lives on.
    NoRevocation,
    /// The session is rotated whether it was ended or not; only the look before tells.
    EndNotChecked,
    /// The session is read, and later written as it was read but for the next token.
    NotAtomic,
}

impl Rule {
    /// Whether every rotation makes a token of its own, instead of the one that the presented
    /// token leads to.
    pub(super) fn draws_tokens(self) -> bool {
        self == Self::Grace
    }

    /// Whether a server rotates what it read a while ago.
    pub(super) fn reads_before(self) -> bool {
        self == Self::NotAtomic
    }

    /// What the store does in one step.
    pub(super) fn rotate(
        self,
        session: &mut Session,
        (presented, next): (&TokenHash, &Next),
        window: SignedDuration,
    ) -> Rotation {
        let again = session.previous_hash == Some(*presented)
            && next.at.duration_since(session.rotated_at) <= window;
        let anyway = match self {
            Self::Grace => session.revoked.is_none() && again,
            Self::EndNotChecked => session.current_hash == *presented,
            _ => false,
        };
        if !anyway {
            return session.rotate(presented, next);
        }
        *session = session.clone().rotated(next);
        Rotation::Rotated(session.clone())
    }

    /// What the server makes of that.
    pub(super) fn decide(
        self,
        rotation: &Rotation,
        next: &Next,
        window: SignedDuration,
    ) -> Renewal {
        let right = Renewal::of(rotation, next, window);
        let again = is_retry(rotation.session(), next, window);
        match (self, rotation) {
            (Self::NoWindow, _) => Renewal::of(rotation, next, SignedDuration::MAX),
            (Self::AnyDevice, Rotation::Superseded(session)) => {
                let next = Next { device: session.rotated_by.clone(), ..next.clone() };
                Renewal::of(rotation, &next, window)
            }
            (Self::NoRetry, Rotation::Superseded(_)) if again => Renewal::Reused,
            (Self::NoRevocation, _) if right == Renewal::Reused => Renewal::Refused,
            _ => right,
        }
    }
}
