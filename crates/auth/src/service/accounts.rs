//! Registering, and looking after one's own account.

use gacp_keys::to_base64url;
use gacp_store::{AccountId, Attempt, Expected, StoreError, Submitted};
use garde::Valid;
use jiff::Timestamp;

use super::{Auth, refusal};
use crate::draft::at;
use crate::{
    Account, AuthError, Concealed, NationalId, Password, ProfilePatch, Registration,
    SealedNationalId,
};

/// An account and what is known of its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The account.
    pub account: Account,
    /// When somebody last logged in to it.
    pub last_login_at: Option<Timestamp>,
}

impl Auth {
    /// Makes a farmer's account, whose id is the attempt's. Fails with
    /// [`AuthError::AccountExists`] whichever of e-mail, national ID and phone is taken.
    pub async fn register(
        &self,
        attempt: &Attempt<'_, Account>,
        draft: Submitted<Registration>,
    ) -> Result<Account, AuthError> {
        let (draft, id) = (draft?, attempt.by.id);
        let concealed = self.conceal(id, &draft).await?;
        let account = Account::register(id, draft, concealed, attempt.at)?;
        self.create(attempt, &account, "register").await?;
        self.observer.registered();
        Ok(account)
    }

    pub(super) async fn create(
        &self,
        attempt: &Attempt<'_, Account>,
        account: &Account,
        action: &str,
    ) -> Result<(), AuthError> {
        let change = attempt.change(vec![attempt.entry(account.subject(), action)], account);
        self.parts.accounts.create(account, &change).await.map_err(refusal)
    }

    async fn conceal(
        &self,
        id: AccountId,
        draft: &Valid<Registration>,
    ) -> Result<Concealed, AuthError> {
        let national_id = NationalId::parse(&draft.national_id).map_err(at("/nationalId"))?;
        let national_id = self.seal(id, &national_id)?;
        let password = Password::new(&draft.password);
        self.refuse_breached(&password, "/password").await?;
        let password = self.parts.hasher.hash(&password).await?;
        Ok(Concealed { password, national_id })
    }

    fn seal(&self, id: AccountId, national_id: &NationalId) -> Result<SealedNationalId, AuthError> {
        let sealer = self.parts.keyring.national_id_sealer();
        let digits = national_id.digits().as_bytes();
        Ok(SealedNationalId {
            sealed: sealer.seal(digits, id.uuid().as_bytes())?,
            index: self.blind_index(national_id),
            last4: national_id.last4().to_owned(),
        })
    }

    /// What a national ID is found by without being read: one value per key, the newest first.
    pub(super) fn blind_index(&self, national_id: &NationalId) -> Vec<String> {
        let tags = self.parts.keyring.national_id_index().tags(&[national_id.digits().as_bytes()]);
        tags.iter().map(|tag| to_base64url(tag)).collect()
    }

    /// Reads an account with the time of its last login.
    pub async fn profile(&self, id: AccountId) -> Result<Profile, AuthError> {
        let account = self.parts.accounts.find(id).await?.ok_or(AuthError::NotFound)?;
        let last_login_at = self.parts.sessions.last_login(id).await?;
        Ok(Profile { account, last_login_at })
    }

    /// Changes the actor's own account.
    pub async fn revise_profile(
        &self,
        attempt: &Attempt<'_, Account>,
        expected: &Expected,
        patch: Submitted<ProfilePatch>,
    ) -> Result<Account, AuthError> {
        let account = self.parts.accounts.find(attempt.by.id).await?;
        let account = account.ok_or(AuthError::NotFound)?;
        expected.check(account.revision())?;
        let patch = patch?;
        let entry = attempt.entry(account.subject(), "revise-profile").touching(named(&patch));
        let account = account.revised(patch, attempt.at)?;
        self.replace(attempt, &account, vec![entry]).await?;
        Ok(account)
    }

    /// The name of an account's holder, whatever the account's role and status.
    pub async fn find_name(&self, id: AccountId) -> Result<Option<String>, StoreError> {
        let account = self.parts.accounts.find(id).await?;
        Ok(account.map(|account| account.full_name().to_owned()))
    }
}

/// The fields that a patch names, as clients know them.
fn named(patch: &ProfilePatch) -> impl Iterator<Item = &'static str> {
    let fields = [
        ("fullName", patch.full_name.is_some()),
        ("phone", patch.phone.is_some()),
        ("address", patch.address.is_some()),
    ];
    fields.into_iter().filter_map(|(name, is_named)| is_named.then_some(name))
}
