//! Changing one's own password.

use gacp_store::{Attempt, Submitted};

use super::events::event;
use super::guessing::Identifier;
use super::login::{Verdict, Visit};
use super::{Auth, refusal};
use crate::draft::at;
use crate::password::may_be_guessed;
use crate::{
    Account, AuthError, Ending, Password, PasswordChange, RevocationReason, SecurityEventKind,
    SessionId, Unproven,
};

impl Auth {
    /// Gives the actor's own account another password, and ends its other sessions with it. The
    /// present password is asked for, and counted as a guess: who holds a session does not
    /// thereby hold the account. Fails with [`Unproven::InvalidCredentials`] when it is wrong or
    /// there were too many guesses.
    pub async fn change_password(
        &self,
        attempt: &Attempt<'_, Account>,
        (session, draft): (SessionId, Submitted<PasswordChange>),
        visit: &Visit<'_>,
    ) -> Result<Account, AuthError> {
        let account = self.parts.accounts.find(attempt.by.id).await?;
        let account = account.ok_or(AuthError::NotFound)?;
        let draft = draft?.into_inner();
        if may_be_guessed(&draft.new_password, account.email().as_str(), account.full_name()) {
            return Err(at("/newPassword")(crate::Malformed::Format).into());
        }
        let identifier = Identifier::email(account.email());
        let current = (Some(&account), draft.current_password.as_str());
        let verdict = self.prove(&identifier, current, visit).await?;
        let (Verdict::Right(guess), true) = (verdict, account.is_active()) else {
            let kind = SecurityEventKind::PasswordChangeRefused;
            self.note(event(kind, Some(account.id()), Some(session), visit)).await?;
            return Err(Unproven::InvalidCredentials.into());
        };
        self.was_right(&guess).await?;
        let password = Password::new(&draft.new_password);
        self.refuse_breached(&password, "/newPassword").await?;
        let hash = self.parts.hasher.hash(&password).await?;
        let account = account.with_password(hash, attempt.at);
        let entry = attempt.entry(account.subject(), "change-password");
        let change = attempt.change(vec![entry], &account);
        let ending = Ending { except: Some(session), reason: RevocationReason::PasswordChanged };
        let changed = self.parts.accounts.replace_and_end(&account, &ending, &change).await;
        changed.map_err(refusal)?;
        Ok(account)
    }
}
