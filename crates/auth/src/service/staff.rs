//! Looking after other people's accounts.

use gacp_store::{
    AccountId, Actor, Attempt, Change, HistoryEntry, Page, PageRequest, Role, StoreError,
    Submitted, Target, fresh_uuid,
};
use garde::Valid;
use jiff::Timestamp;

use super::{Auth, refusal};
use crate::{
    Account, AccountFilter, AccountPatch, AccountStatus, AuthError, Ending, Password,
    RevocationReason, StaffDraft,
};

/// What history says of a new member of staff, whoever took him in.
const ENROLL: &str = "enroll";

impl Auth {
    /// Makes the account of a member of staff. Administrators only.
    pub async fn enroll_staff(
        &self,
        attempt: &Attempt<'_, Account>,
        draft: Submitted<StaffDraft>,
    ) -> Result<Account, AuthError> {
        only_admins(attempt.by)?;
        let account = self.enrolled(draft?, attempt.at).await?;
        self.create(attempt, &account, ENROLL).await?;
        Ok(account)
    }

    /// Makes the account of a member of staff for whoever runs the platform: the first
    /// administrator, whom no other can enroll. No role is asked for, as nobody has one yet, and
    /// the history names no account as its author. What allows it is to hold the store and its
    /// master key; nothing that answers requests may offer it.
    pub async fn appoint(
        &self,
        draft: Submitted<StaffDraft>,
        now: Timestamp,
    ) -> Result<Account, AuthError> {
        let account = self.enrolled(draft?, now).await?;
        let entry = HistoryEntry {
            id: fresh_uuid(now),
            subject: account.subject(),
            at: now,
            by: None,
            action: ENROLL.to_owned(),
            from: None,
            to: None,
            fields: Vec::new(),
            comment: None,
            request_id: None,
        };
        let change = Change { entries: vec![entry], receipt: None };
        self.parts.accounts.create(&account, &change).await.map_err(refusal)?;
        Ok(account)
    }

    async fn enrolled(
        &self,
        draft: Valid<StaffDraft>,
        now: Timestamp,
    ) -> Result<Account, AuthError> {
        let password = Password::new(&draft.password);
        self.refuse_breached(&password, "/password").await?;
        let password = self.parts.hasher.hash(&password).await?;
        Ok(Account::enroll(AccountId::at(now), draft, password, now)?)
    }

    /// Reads a page of accounts: any for administrators, inspectors alone for reviewers.
    pub async fn list_accounts(
        &self,
        by: Actor,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>, AuthError> {
        let inspectors = filter.role == Some(Role::Inspector);
        match by.role {
            Role::Admin => {}
            Role::Reviewer if inspectors => {}
            Role::Farmer | Role::Reviewer | Role::Inspector | Role::Approver | Role::Finance => {
                return Err(AuthError::Forbidden);
            }
        }
        Ok(self.parts.accounts.list(filter, page).await?)
    }

    /// Reads anybody's account. Administrators only; others do not learn whether it is there.
    pub async fn get_account(&self, by: Actor, id: AccountId) -> Result<Account, AuthError> {
        only_admins(by)?;
        self.parts.accounts.find(id).await?.ok_or(AuthError::NotFound)
    }

    /// Changes the role or status of an account; either counts on the holder's next request.
    /// Administrators only; others do not learn whether it is there.
    pub async fn change_account(
        &self,
        attempt: &Attempt<'_, Account>,
        target: &Target<AccountId>,
        patch: Submitted<AccountPatch>,
    ) -> Result<Account, AuthError> {
        let before = self.get_account(attempt.by, target.id).await?;
        target.expected.check(before.revision())?;
        let after = before.clone().changed(patch?, attempt.at);
        self.replace(attempt, &after, what_changed(attempt, &before, &after)).await?;
        Ok(after)
    }

    /// Lets an account be guessed at again that was locked. Administrators only; others do not
    /// learn whether it is there.
    pub async fn unlock_account(
        &self,
        attempt: &Attempt<'_, Account>,
        id: AccountId,
    ) -> Result<Account, AuthError> {
        let account = self.get_account(attempt.by, id).await?;
        self.forget_guesses(&account, attempt.at).await?;
        let account = account.attended(attempt.at);
        let entry = attempt.entry(account.subject(), "unlock");
        self.replace(attempt, &account, vec![entry]).await?;
        Ok(account)
    }

    /// Ends every session of an account. Administrators only; others do not learn whether it is
    /// there.
    pub async fn end_sessions(
        &self,
        attempt: &Attempt<'_, Account>,
        id: AccountId,
    ) -> Result<Account, AuthError> {
        let account = self.get_account(attempt.by, id).await?.attended(attempt.at);
        let entry = attempt.entry(account.subject(), "end-sessions");
        let change = attempt.change(vec![entry], &account);
        let ending = Ending { except: None, reason: RevocationReason::EndedByAdmin };
        let ended = self.parts.accounts.replace_and_end(&account, &ending, &change).await;
        ended.map_err(refusal)?;
        Ok(account)
    }

    /// Whether an inspection can be given to this account.
    pub async fn is_active_inspector(&self, id: AccountId) -> Result<bool, StoreError> {
        let account = self.parts.accounts.find(id).await?;
        Ok(account.is_some_and(|found| found.is_active() && found.role() == Role::Inspector))
    }
}

pub(super) fn only_admins(by: Actor) -> Result<(), AuthError> {
    if by.role == Role::Admin { Ok(()) } else { Err(AuthError::Forbidden) }
}

/// One entry per thing that changed, or one that says that nothing did.
fn what_changed(
    attempt: &Attempt<'_, Account>,
    before: &Account,
    after: &Account,
) -> Vec<HistoryEntry> {
    let entry = |action| attempt.entry(after.subject(), action);
    let role = (before.role() != after.role()).then(|| {
        let moved = entry("change-role").moved(before.role().as_str(), after.role().as_str());
        moved.touching(["role"])
    });
    let status = (before.status() != after.status()).then(|| {
        let action = match after.status() {
            AccountStatus::Active => "enable",
            AccountStatus::Disabled => "disable",
        };
        let moved = entry(action).moved(before.status().as_str(), after.status().as_str());
        moved.touching(["status"])
    });
    let changes: Vec<_> = role.into_iter().chain(status).collect();
    if changes.is_empty() { vec![entry("change-nothing")] } else { changes }
}
