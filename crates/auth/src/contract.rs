//! What every adapter of [`AccountStore`], [`SessionStore`], [`EventStore`] and
//! [`GuessStore`](crate::GuessStore) must do.
//!
//! `account_store_contract!(async { … })`, `session_store_contract!(async { … })` and
//! `event_store_contract!(async { … })` declare one test per case on a fresh [`AuthFixture`],
//! `guess_store_contract!(async { … })` on a fresh store.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

pub mod accounts;
pub mod changes;
pub mod events;
pub mod guesses;
pub mod lists;
pub mod sample;
pub mod sessions;
pub mod standings;

use std::sync::Arc;

use gacp_store::{
    Claim, Fingerprint, HistoryEntry, HistoryStore, Lease, PageRequest, Receipt, ReceiptKey,
    ReceiptStore, StoreError, StoredReply, Violations,
};
use jiff::Timestamp;
use tokio::sync::Barrier;

use sample::{change, later};

use crate::{
    Account, AccountPatch, AccountStatus, AccountStore, EventStore, ProfilePatch, RevocationReason,
    Session, SessionStore,
};

/// Empty stores over one state, and where their history and receipts go.
pub struct AuthFixture {
    /// The accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// The sessions of these accounts.
    pub sessions: Arc<dyn SessionStore>,
    /// The security events, those of logins among them.
    pub events: Arc<dyn EventStore>,
    /// Where the history of the accounts is read.
    pub history: Arc<dyn HistoryStore>,
    /// Where the receipts of their changes are claimed.
    pub receipts: Arc<dyn ReceiptStore>,
}

/// Declares one test per case of the account-store contract; `$fresh` is a future of an
/// [`AuthFixture`](crate::contract::AuthFixture) on empty stores.
#[macro_export]
macro_rules! account_store_contract {
    (@each $group:ident $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$group::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::account_store_contract! { @each accounts $fresh;
            an_account_is_kept_whole
            an_account_is_found_by_each_of_its_names
            an_absent_account_is_not_found
            a_taken_email_is_refused
            a_taken_national_id_is_refused
            a_taken_phone_is_refused
            accounts_without_phone_and_national_id_do_not_collide
            a_replaced_account_is_kept_whole
            what_a_replaced_account_gave_up_is_free
            a_replacement_cannot_take_what_another_account_holds
            a_stale_replacement_is_refused
            of_many_accounts_with_one_email_one_is_created
            of_many_accounts_with_one_national_id_one_is_created
            of_many_replacements_one_wins
        }
        $crate::account_store_contract! { @each changes $fresh;
            a_change_is_written_with_its_history
            a_refused_change_writes_no_history
            a_change_is_written_with_its_receipt
            a_change_whose_lease_is_lost_writes_nothing
            a_changed_account_ends_the_sessions_that_it_names
            a_stale_change_ends_no_session
            a_journal_tells_what_happened_to_all_records
            a_journal_tells_what_somebody_did
            a_hash_is_replaced_while_it_is_the_accounts
            of_a_rehash_and_a_change_at_once_both_stay
        }
        $crate::account_store_contract! { @each lists $fresh;
            a_list_goes_on_where_the_last_page_ended
            a_list_of_changes_loses_nothing
            a_list_holds_what_its_filter_admits
        }
    };
}

/// Declares one test per case of the session-store contract; `$fresh` is a future of an
/// [`AuthFixture`](crate::contract::AuthFixture) on empty stores.
#[macro_export]
macro_rules! session_store_contract {
    (@each $group:ident $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$group::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::session_store_contract! { @each sessions $fresh;
            a_session_is_kept_whole
            an_absent_session_is_not_found
            a_login_is_remembered_and_changes_no_account
            no_session_is_opened_for_an_account_that_cannot_be_used
            a_session_is_opened_with_the_event_of_its_login
            a_rotation_gives_the_session_its_next_token
            a_token_that_is_not_current_rotates_nothing
            an_ended_session_is_not_rotated
            of_many_rotations_with_one_token_one_rotates
            a_session_ends_once
            of_a_rotation_and_an_ending_the_ending_stays
            of_rotations_and_an_ending_of_all_the_ending_stays
            ending_all_sessions_spares_the_named_one_and_other_accounts
            live_sessions_are_listed_newest_first
            sessions_that_ended_long_ago_are_forgotten
        }
        $crate::session_store_contract! { @each standings $fresh;
            a_standing_joins_session_and_account
            a_standing_sees_the_end_of_a_session
            a_standing_sees_a_change_of_the_account
            disabling_an_account_ends_its_sessions_for_good
        }
    };
}

/// Declares one test per case of the event-store contract; `$fresh` is a future of an
/// [`AuthFixture`](crate::contract::AuthFixture) on empty stores.
#[macro_export]
macro_rules! event_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::events::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::event_store_contract! { @each $fresh;
            an_event_is_kept_whole
            a_list_of_events_goes_on_where_the_last_page_ended
            a_list_of_events_holds_what_its_filter_admits
            old_events_are_forgotten
        }
    };
}

/// Declares one test per case of the guess-store contract; `$fresh` is a future of
/// [`Guesses`](crate::contract::guesses::Guesses) in which nothing is counted yet.
#[macro_export]
macro_rules! guess_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::guesses::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::guess_store_contract! { @each $fresh;
            guesses_beyond_the_free_ones_wait
            buckets_are_charged_each_by_its_own_rule
            a_window_ends
            guesses_are_taken_back_from_their_window_alone
            a_lock_outlives_a_guess_that_is_taken_back
            an_emptied_bucket_is_open
            old_buckets_are_forgotten
            of_many_guesses_at_once_none_is_lost
            of_guesses_and_refunds_at_once_nothing_is_lost
            of_guesses_that_begin_a_bucket_at_once_none_fails
            any_sequence_comes_to_what_the_rule_says
        }
    };
}

const LOGGED_OUT: RevocationReason = RevocationReason::LoggedOut;

/// The request that the cases with receipts play.
const KEY: ReceiptKey = ReceiptKey([7; 32]);

async fn claim(fixture: &AuthFixture, lease: u64, at: Timestamp) -> Claim {
    let body = Fingerprint([1; 32]);
    fixture.receipts.claim(&KEY, &body, Lease(lease), at).await.unwrap()
}

fn receipt(lease: u64) -> Receipt {
    let reply = StoredReply { status: 201, headers: Vec::new(), body: b"made".to_vec() };
    Receipt { key: KEY, lease: Lease(lease), reply }
}

/// A change with one history entry and no receipt.
async fn create(fixture: &AuthFixture, account: &Account) {
    fixture.accounts.create(account, &change(account, "register")).await.unwrap();
}

async fn history(fixture: &AuthFixture, account: &Account) -> Vec<HistoryEntry> {
    let page = PageRequest::first(100);
    fixture.history.history(account.subject(), &page).await.unwrap().items
}

fn renamed(account: &Account, name: &str) -> Account {
    let patch = ProfilePatch { full_name: Some(name.to_owned()), ..ProfilePatch::default() };
    account.clone().revised(Violations::check(patch).unwrap(), later(1)).unwrap()
}

async fn replace(fixture: &AuthFixture, account: &Account) -> Result<(), StoreError> {
    fixture.accounts.replace(account, &change(account, "revise-profile")).await
}

/// Creates a farmer's account and opens a session of it.
async fn opened(fixture: &AuthFixture, number: u32) -> (Account, Session) {
    let account = sample::farmer(number);
    create(fixture, &account).await;
    let session = sample::session(&account, 0);
    open(fixture, &session).await.unwrap();
    (account, session)
}

async fn open(fixture: &AuthFixture, session: &Session) -> Result<(), StoreError> {
    fixture.sessions.open(session, &sample::login(session)).await
}

async fn found(fixture: &AuthFixture, session: &Session) -> Session {
    fixture.sessions.find(session.id).await.unwrap().unwrap()
}

async fn change_account(fixture: &AuthFixture, account: &Account, patch: AccountPatch) -> Account {
    let changed = account.clone().changed(Violations::check(patch).unwrap(), later(5));
    fixture.accounts.replace(&changed, &change(&changed, "change")).await.unwrap();
    changed
}

async fn disable(fixture: &AuthFixture, account: &Account) -> Account {
    let patch = AccountPatch { role: None, status: Some(AccountStatus::Disabled) };
    change_account(fixture, account, patch).await
}

/// Lets 32 tasks do something at the same moment; gives what became of each.
async fn at_once<F, R>(task: impl Fn(u32) -> F) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|number| {
            let (barrier, task) = (Arc::clone(&barrier), task(number));
            tokio::spawn(async move {
                barrier.wait().await;
                task.await
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for run in runs {
        outcomes.push(run.await.unwrap());
    }
    outcomes
}
