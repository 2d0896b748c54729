//! What every adapter of the ports of this crate must do, case by case.
//!
//! `application_store_contract!(async { … })` and `certificate_store_contract!(async { … })`
//! declare one test per case, each on the fresh store that the future makes.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

mod booking;
mod certificates;
mod issuing;
mod keeping;
mod lists;
mod numbers;
mod opening;
mod paying;
mod races;
mod receipts;
pub mod sample;

use std::sync::Arc;

use gacp_farms::{Farm, FarmObligations, FarmStore};
use gacp_store::{HistoryStore, PageRequest, ReceiptStore, Role, StoreError, Subject};
use jiff::Timestamp;

pub use self::booking::*;
pub use self::certificates::*;
pub use self::issuing::*;
pub use self::keeping::*;
pub use self::lists::*;
pub use self::numbers::*;
pub use self::opening::*;
pub use self::paying::*;
pub use self::races::*;
pub use self::receipts::*;
use crate::{
    Application, ApplicationStore, Certificate, CertificateStore, FarmClaim, NumberStore, Step,
};

/// One empty store, by each of the ports that it is seen through.
#[derive(Clone)]
pub struct CertificationFixture {
    /// Where applications are kept.
    pub applications: Arc<dyn ApplicationStore>,
    /// Where certificates are kept.
    pub certificates: Arc<dyn CertificateStore>,
    /// Where serial numbers come from.
    pub numbers: Arc<dyn NumberStore>,
    /// Where their farms are kept.
    pub farms: Arc<dyn FarmStore>,
    /// What binds those farms.
    pub obligations: Arc<dyn FarmObligations>,
    /// Where what happened is read.
    pub history: Arc<dyn HistoryStore>,
    /// Where the receipts of changes are kept.
    pub receipts: Arc<dyn ReceiptStore>,
}

impl CertificationFixture {
    /// Keeps an approved farm of a new owner.
    async fn farm(&self, name: &str) -> Farm {
        let farm = sample::approved_farm(sample::owner(), name);
        let change = gacp_farms::contract::sample::change(&farm, "registered");
        self.farms.insert(&farm, &change).await.unwrap();
        farm
    }

    /// The farm as it is kept now.
    async fn farm_now(&self, farm: &Farm) -> Farm {
        self.farms.find(farm.id(), None).await.unwrap().unwrap()
    }

    async fn try_open(&self, application: &Application, farm: &Farm) -> Result<(), StoreError> {
        let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
        let change = sample::opening(application, farm);
        self.applications.open(application, &claim, &change).await
    }

    /// Opens an application for a farm as it was read.
    async fn opened(&self, farm: &Farm, serial: u32) -> Application {
        let application = sample::application(farm, serial);
        self.try_open(&application, farm).await.unwrap();
        application
    }

    async fn try_replace(&self, application: &Application) -> Result<(), StoreError> {
        self.applications.replace(application, &sample::change(application, "step")).await
    }

    /// Keeps a farm with an application that has gone so far as the journey given.
    async fn kept(&self, farm_name: &str, serial: u32, states: usize) -> Application {
        let farm = self.farm(farm_name).await;
        let journey = sample::journey(&sample::application(&farm, serial));
        let (first, later) = journey.split_first().unwrap();
        self.try_open(first, &farm).await.unwrap();
        let mut last = first;
        for state in later.iter().take(states) {
            self.try_replace(state).await.unwrap();
            last = state;
        }
        last.clone()
    }

    /// A certificate that was issued at a moment, for a farm of its own, with a signature that is
    /// none. Each serial number has one.
    pub async fn issued(&self, serial: u32, now: Timestamp) -> Certificate {
        let decidable = self.kept(&format!("ไร่ที่ {serial}"), serial, sample::TO_DECISION).await;
        let number = sample::certificate_number(&decidable);
        let by = sample::staff(Role::Approver);
        let approved = sample::taken(&decidable, Step::Approve(number), by);
        let certificate = sample::certificate(&approved, now);
        let beside = sample::issuing(&approved, &certificate);
        self.applications.issue(&approved, &certificate, &beside).await.unwrap();
        certificate
    }

    async fn found(&self, application: &Application) -> Option<Application> {
        self.applications.find(application.id(), None).await.unwrap()
    }

    /// The actions that history has of a record, newest first.
    async fn told(&self, subject: Subject) -> Vec<String> {
        let page = self.history.history(subject, &PageRequest::first(50)).await.unwrap();
        page.items.into_iter().map(|entry| entry.action).collect()
    }
}

fn key_of(outcome: &Result<(), StoreError>) -> Option<&'static str> {
    outcome.as_ref().err().and_then(StoreError::duplicate_key)
}

fn is_stale(outcome: &Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Stale))
}

/// Declares one test per case of the application-store contract; `$fresh` is a future of a
/// [`CertificationFixture`](crate::contract::CertificationFixture) on an empty store.
#[macro_export]
macro_rules! application_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::application_store_contract! { @each $fresh;
            an_opened_application_is_found_as_it_was
            opening_takes_the_next_revision_of_the_farm
            opening_for_a_changed_farm_is_stale_and_writes_nothing
            a_second_live_application_is_refused_and_leaves_the_farm
            an_application_that_ended_frees_its_farm
            a_taken_application_number_is_refused
            every_state_is_found_as_it_was
            an_application_is_found_for_its_owner_only
            a_stale_application_is_not_replaced
            an_application_that_is_not_there_cannot_be_replaced
            a_booked_half_hour_is_refused
            an_inspector_can_be_booked_back_to_back
            a_touched_half_hour_is_booked_whole
            a_moved_inspection_frees_its_slot
            an_application_that_moves_on_frees_its_slot
            a_certificate_is_issued_with_its_application
            a_taken_certificate_number_issues_nothing
            a_stale_application_gets_no_certificate
            a_payment_is_kept_with_its_application
            a_taken_reference_is_refused_and_changes_nothing
            a_payment_for_a_stale_application_is_not_kept
            applications_are_listed_newest_first_page_by_page
            a_sync_of_applications_loses_no_change
            application_lists_hold_what_was_asked_for
            what_is_past_its_deadline_is_found_longest_first
            a_change_of_an_application_answers_its_request
            an_application_whose_lease_is_lost_is_not_changed
            of_many_openings_one_is_kept
            of_archiving_and_opening_exactly_one_wins
            of_many_bookings_of_one_slot_one_is_kept
            of_many_changes_of_an_application_one_wins
            of_many_payments_of_one_reference_one_is_kept
            of_many_approvals_one_issues
        }
    };
}

/// Declares one test per case of the contract of certificates, numbers and what binds farms;
/// `$fresh` is a future of a
/// [`CertificationFixture`](crate::contract::CertificationFixture) on an empty store.
#[macro_export]
macro_rules! certificate_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::certificate_store_contract! { @each $fresh;
            a_certificate_is_found_for_its_holder_only
            a_revoked_certificate_is_found_as_it_is
            a_stale_certificate_is_not_replaced
            a_certificate_whose_lease_is_lost_is_not_changed
            certificates_are_listed_by_what_they_are_worth
            certificates_are_listed_by_how_long_they_hold
            certificates_are_listed_newest_first_page_by_page
            a_live_application_binds_its_farm
            a_certificate_binds_its_farm_while_it_is_valid
            serials_begin_at_one_in_every_series_and_year
            of_many_serials_none_is_given_twice
            of_many_revocations_one_wins
        }
    };
}
