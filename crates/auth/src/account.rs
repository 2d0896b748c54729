//! Accounts: who somebody is, and what he may do.

use std::fmt;

use gacp_keys::Sealed;
use gacp_store::{AccountId, Actor, Revision, Role, Subject, SubjectKind, Violations};
use garde::Valid;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::draft::at;
use crate::text::tidy;
use crate::{
    AccountPatch, Address, Email, PasswordHash, Phone, ProfilePatch, Registration, StaffDraft,
};

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AccountStatus {
    /// It can be used.
    Active,
    /// It cannot; its sessions have ended.
    Disabled,
}

impl AccountStatus {
    /// The name as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// A national ID that only its key opens, and what it is found and shown by.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedNationalId {
    /// The digits, sealed and bound to the account's id.
    pub sealed: Sealed,
    /// Its blind index: a keyed hash per key, the newest first. Each of them is unique.
    pub index: Vec<String>,
    /// The last four digits.
    pub last4: String,
}

impl fmt::Debug for SealedNationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedNationalId(…)")
    }
}

/// What somebody agreed to, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The version of the terms, as it was sent.
    pub terms_version: String,
    /// The version of the privacy notice, as it was sent.
    pub privacy_version: String,
    /// When it was given.
    pub at: Timestamp,
}

/// An account. Farmers register themselves; staff are enrolled and have neither phone nor
/// national ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    id: AccountId,
    email: Email,
    full_name: String,
    phone: Option<Phone>,
    national_id: Option<SealedNationalId>,
    address: Option<Address>,
    role: Role,
    status: AccountStatus,
    email_verified: bool,
    password: PasswordHash,
    consent: Option<Consent>,
    revision: Revision,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What an account keeps of the secrets in a registration.
#[derive(Debug, Clone)]
pub struct Concealed {
    /// The password, hashed.
    pub password: PasswordHash,
    /// The national ID, sealed.
    pub national_id: SealedNationalId,
}

impl Account {
    /// Turns a checked registration and what was made of its secrets into a farmer's account.
    pub fn register(
        id: AccountId,
        draft: Valid<Registration>,
        concealed: Concealed,
        now: Timestamp,
    ) -> Result<Self, Violations> {
        let draft = draft.into_inner();
        let consent = Consent {
            terms_version: draft.consent.terms_version,
            privacy_version: draft.consent.privacy_version,
            at: now,
        };
        let email = Email::parse(&draft.email).map_err(at("/email"))?;
        Ok(Self {
            full_name: tidy(&draft.full_name),
            phone: Some(Phone::parse(&draft.phone).map_err(at("/phone"))?),
            national_id: Some(concealed.national_id),
            address: draft.address.map(Address::from),
            consent: Some(consent),
            ..Self::bare(id, email, concealed.password, now)
        })
    }

    /// Turns a checked draft and its hashed password into the account of a member of staff.
    pub fn enroll(
        id: AccountId,
        draft: Valid<StaffDraft>,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<Self, Violations> {
        let draft = draft.into_inner();
        let email = Email::parse(&draft.email).map_err(at("/email"))?;
        Ok(Self {
            full_name: tidy(&draft.full_name),
            role: draft.role,
            ..Self::bare(id, email, password, now)
        })
    }

    fn bare(id: AccountId, email: Email, password: PasswordHash, now: Timestamp) -> Self {
        Self {
            id,
            email,
            full_name: String::new(),
            phone: None,
            national_id: None,
            address: None,
            role: Role::Farmer,
            status: AccountStatus::Active,
            email_verified: false,
            password,
            consent: None,
            revision: Revision::FIRST,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same account with what its holder changed; what the patch does not name stays.
    pub fn revised(
        mut self,
        patch: Valid<ProfilePatch>,
        now: Timestamp,
    ) -> Result<Self, Violations> {
        let ProfilePatch { full_name, phone, address } = patch.into_inner();
        if let Some(full_name) = full_name {
            self.full_name = tidy(&full_name);
        }
        if let Some(phone) = phone {
            self.phone = Some(Phone::parse(&phone).map_err(at("/phone"))?);
        }
        if let Some(address) = address {
            self.address = Some(address.into());
        }
        Ok(self.touched(now))
    }

    /// The same account with what an administrator changed; what the patch does not name stays.
    #[must_use]
    pub fn changed(mut self, patch: Valid<AccountPatch>, now: Timestamp) -> Self {
        let AccountPatch { role, status } = patch.into_inner();
        self.role = role.unwrap_or(self.role);
        self.status = status.unwrap_or(self.status);
        self.touched(now)
    }

    /// The account with another password.
    #[must_use]
    pub fn with_password(mut self, password: PasswordHash, now: Timestamp) -> Self {
        self.password = password;
        self.touched(now)
    }

    /// The account with another hash of the same password: no new state.
    #[must_use]
    pub fn rehashed(mut self, password: PasswordHash) -> Self {
        self.password = password;
        self
    }

    /// The account as it is, as a new state: somebody looked after it.
    #[must_use]
    pub fn attended(self, now: Timestamp) -> Self {
        self.touched(now)
    }

    fn touched(mut self, now: Timestamp) -> Self {
        self.revision = self.revision.next();
        self.updated_at = now;
        self
    }

    /// Its id.
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// The address by which it is found; unique.
    pub fn email(&self) -> &Email {
        &self.email
    }

    /// The holder's name, trimmed and in NFC.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// The holder's telephone number; unique.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The holder's national ID, sealed; each value of its index is unique.
    pub fn national_id(&self) -> Option<&SealedNationalId> {
        self.national_id.as_ref()
    }

    /// Where the holder lives.
    pub fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// What the holder may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether it can be used.
    pub fn status(&self) -> AccountStatus {
        self.status
    }

    /// Whether it can be used.
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }

    /// Whether the holder showed that the e-mail address is his.
    pub fn is_email_verified(&self) -> bool {
        self.email_verified
    }

    /// What the holder's password is checked against.
    pub fn password(&self) -> &PasswordHash {
        &self.password
    }

    /// What the holder agreed to.
    pub fn consent(&self) -> Option<&Consent> {
        self.consent.as_ref()
    }

    /// The number of its state.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it was last changed. A login is no change.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// Its holder, with the role that the account gives.
    pub fn actor(&self) -> Actor {
        Actor { id: self.id, role: self.role }
    }

    /// What history entries about it are kept under.
    pub fn subject(&self) -> Subject {
        Subject { kind: SubjectKind::Account, id: self.id.uuid() }
    }
}
