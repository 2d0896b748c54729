//! Counting guesses at passwords, before any of them is looked at.

use gacp_store::AccountId;
use jiff::Timestamp;

use super::Auth;
use super::login::Visit;
use crate::lockout::network;
use crate::token::device::Device;
use crate::{
    Account, AuthError, BucketKey, Charge, Charged, Email, HashError, LoginDraft, NationalId,
    Refund,
};

/// What somebody presents to say which account he means, in the form in which it is compared.
/// That there is such an account makes no difference.
pub(super) struct Identifier {
    kind: &'static [u8],
    text: String,
}

/// A guess that was counted and may be tried.
pub(super) struct Guess {
    /// In the bucket of the identifier, on this device or elsewhere.
    own: (Charge, Charged),
    /// In the bucket of the network it came from.
    network: Option<(Charge, Charged)>,
}

impl Identifier {
    pub(super) fn email(email: &Email) -> Self {
        Self { kind: b"email", text: email.as_str().to_owned() }
    }

    /// By a value of the national ID's blind index.
    fn national_id(value: String) -> Self {
        Self { kind: b"national-id", text: value }
    }

    /// What names nobody, as it was written.
    fn illegible(text: &str) -> Self {
        Self { kind: b"illegible", text: text.trim().to_lowercase() }
    }
}

impl Auth {
    /// Which account a login means, as far as guesses go.
    pub(super) fn identifier(&self, draft: &LoginDraft) -> Identifier {
        let written = draft.email.as_deref().or(draft.national_id.as_deref()).unwrap_or_default();
        let email = draft.email.as_deref().and_then(|text| Email::parse(text).ok());
        if let Some(email) = email {
            return Identifier::email(&email);
        }
        let national_id = draft.national_id.as_deref().and_then(|it| NationalId::parse(it).ok());
        let value = national_id.and_then(|it| self.blind_index(&it).into_iter().next());
        value.map_or_else(|| Identifier::illegible(written), Identifier::national_id)
    }

    /// Counts a guess; nothing when it may not be tried. A device on which the account's holder
    /// has logged in before has a bucket of its own, and no other: whatever others do from
    /// elsewhere, or from the same network, does not delay it.
    pub(super) async fn guess(
        &self,
        identifier: &Identifier,
        holder: Option<AccountId>,
        visit: &Visit<'_>,
    ) -> Result<Option<Guess>, AuthError> {
        let device = self.known_device(visit.device_token);
        let trusted = device.filter(|device| holder.is_some_and(|it| device.is_trusted_by(it)));
        let policy = &self.parts.policy;
        let key = self.bucket(identifier, trusted.as_ref());
        let mut charges = vec![Charge { key, backoff: policy.guesses }];
        let from = visit.address.filter(|_| trusted.is_none()).zip(policy.network_guesses);
        charges.extend(from.map(|(address, backoff)| {
            let tag = self.parts.keyring.device_mac().tag(&[b"guess-from", &network(address)]);
            Charge { key: BucketKey(tag), backoff }
        }));
        let answers = self.parts.guesses.charge(&charges, visit.at).await?;
        let allowed = answers.iter().all(|answer| answer.allowed);
        let mut counted = charges.into_iter().zip(answers);
        let own = counted.next().filter(|_| allowed);
        Ok(own.map(|own| Guess { own, network: counted.next() }))
    }

    /// The password was right: its bucket is emptied of what was guessed until then, and the
    /// network is charged with nothing.
    pub(super) async fn was_right(&self, guess: &Guess) -> Result<(), AuthError> {
        let Guess { own: (charge, charged), network } = guess;
        let refunds = [Some(charged.all(charge)), network.as_ref().map(one)];
        let refunds: Vec<Refund> = refunds.into_iter().flatten().collect();
        Ok(self.parts.guesses.refund(&refunds).await?)
    }

    /// The password was not looked at, because of this: nothing was learned, nothing is counted.
    pub(super) async fn was_not_tried(&self, guess: &Guess, error: HashError) -> AuthError {
        let counted = [Some(&guess.own), guess.network.as_ref()];
        let refunds: Vec<Refund> = counted.into_iter().flatten().map(one).collect();
        match self.parts.guesses.refund(&refunds).await {
            Ok(()) => error.into(),
            Err(unavailable) => unavailable.into(),
        }
    }

    /// Lets everybody guess at an account again who was made to wait.
    pub(super) async fn forget_guesses(
        &self,
        account: &Account,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let mut identifiers = vec![Identifier::email(account.email())];
        let values = account.national_id().map(|national_id| national_id.index.clone());
        identifiers.extend(values.into_iter().flatten().map(Identifier::national_id));
        let sessions = self.parts.sessions.list_live(account.id(), now).await?;
        let named = |name: &String| Device::named(name);
        let devices: Vec<Device> =
            sessions.iter().filter_map(|session| session.device.as_ref().and_then(named)).collect();
        let buckets = |identifier: &Identifier| {
            let own = devices.iter().map(|device| self.bucket(identifier, Some(device)));
            own.chain([self.bucket(identifier, None)]).collect::<Vec<_>>()
        };
        let buckets: Vec<BucketKey> = identifiers.iter().flat_map(buckets).collect();
        Ok(self.parts.guesses.empty(&buckets).await?)
    }

    fn bucket(&self, identifier: &Identifier, device: Option<&Device>) -> BucketKey {
        let Identifier { kind, text } = identifier;
        let device = device.map(Device::name).unwrap_or_default();
        let parts: [&[u8]; 4] = [b"guess", kind, text.as_bytes(), device.as_bytes()];
        BucketKey(self.parts.keyring.device_mac().tag(&parts))
    }
}

fn one((charge, charged): &(Charge, Charged)) -> Refund {
    charged.one(charge)
}
