//! One rule: who may do something, by role and by relation to the object.

use gacp_store::Role;

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Nothing that is somebody's already: something new, something public, or the caller himself.
    Nothing,
    /// One thing, which the path names.
    One(Thing),
    /// A list, in which everybody finds the things that he may know of.
    Many(Thing),
}

/// What is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A farm with its plots, a farmer's.
    Farm,
    /// An application, a farmer's.
    Application,
    /// A certificate, a farmer's.
    Certificate,
    /// A session, its holder's.
    Session,
    /// An account, as those see it who look after accounts.
    Account,
}

/// Somebody who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Everybody, whether signed in or not.
    Anybody,
    /// Whoever holds a refresh token; he need not be signed in.
    RefreshToken,
    /// Whoever is signed in, whatever his role.
    SignedIn,
    /// Whoever has this role, whosever the object is.
    Role(Role),
    /// Whoever works for the certification body.
    Staff,
    /// The farmer whose it is.
    Owner,
    /// Whoever's it is, whatever his role.
    Holder,
    /// The inspector who is named in it.
    InspectorNamed,
}

/// How somebody stands to the object of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It is his.
    Owner,
    /// He is named in it as its inspector.
    Named,
    /// It is there, and he has nothing to do with it.
    Stranger,
    /// There is no such object.
    Absent,
}

/// What somebody who is signed in is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// He may do it.
    Allowed,
    /// There is no such thing, or none that he may know of (404).
    NotFound,
    /// He may know of it, and may not do this (403).
    Forbidden,
}

/// Who may do something with what.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    subject: Subject,
    parties: &'static [Party],
}

impl Relation {
    /// Every relation there is.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Named, Self::Stranger, Self::Absent];
}

impl Verdict {
    /// The status of the refusal; nothing when there is none.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Allowed => None,
            Self::NotFound => Some(404),
            Self::Forbidden => Some(403),
        }
    }
}

impl Thing {
    /// Whether somebody may know that it is there; to others it is as good as absent.
    fn is_seen(self, role: Role, relation: Relation) -> bool {
        let is_there = relation != Relation::Absent;
        match self {
            Self::Farm | Self::Application | Self::Certificate => {
                is_there && (role.is_staff() || relation == Relation::Owner)
            }
            Self::Session => relation == Relation::Owner,
            Self::Account => is_there,
        }
    }
}

impl Party {
    fn includes(self, role: Role, relation: Relation) -> bool {
        match self {
            Self::Anybody | Self::RefreshToken | Self::SignedIn => true,
            Self::Role(this) => role == this,
            Self::Staff => role.is_staff(),
            Self::Owner => role == Role::Farmer && relation == Relation::Owner,
            Self::Holder => relation == Relation::Owner,
            Self::InspectorNamed => role == Role::Inspector && relation == Relation::Named,
        }
    }
}

impl Rule {
    pub(crate) const fn new(subject: Subject, parties: &'static [Party]) -> Self {
        Self { subject, parties }
    }

    /// What it is about.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// Who may do it.
    pub fn parties(&self) -> &'static [Party] {
        self.parties
    }

    /// Whether nobody has to be signed in for it.
    pub fn is_public(&self) -> bool {
        self.parties.iter().any(|party| matches!(party, Party::Anybody | Party::RefreshToken))
    }

    /// What somebody in a role is told who stands like this to the object.
    pub fn verdict(&self, role: Role, relation: Relation) -> Verdict {
        let granted = self.parties.iter().any(|party| party.includes(role, relation));
        match self.subject {
            // Only those who look after accounts learn which there are.
            Subject::One(Thing::Account) if !granted => Verdict::Forbidden,
            Subject::One(thing) if !thing.is_seen(role, relation) => Verdict::NotFound,
            _ if granted => Verdict::Allowed,
            _ => Verdict::Forbidden,
        }
    }

    /// Whether a thing is in the list for somebody in a role who stands like this to it.
    pub fn lists(&self, role: Role, relation: Relation) -> bool {
        match self.subject {
            Subject::Many(thing) => thing.is_seen(role, relation),
            Subject::Nothing | Subject::One(_) => false,
        }
    }

    /// Whether a role is refused before anything is looked for, because the answer is the same
    /// whatever the object and whether or not it is there.
    pub fn excludes(&self, role: Role) -> bool {
        let forbidden = |relation| self.verdict(role, relation) == Verdict::Forbidden;
        Relation::ALL.into_iter().all(forbidden)
    }

    /// Whether there is somebody who knows of the object, and may not do this.
    pub fn forbids(&self) -> bool {
        let told = |role| Relation::ALL.map(|relation| self.verdict(role, relation));
        !self.is_public() && Role::ALL.into_iter().flat_map(told).any(|it| it == Verdict::Forbidden)
    }
}
