//! What every [`FarmStore`] must do, case by case.
//!
//! `farm_store_contract!(async { … })` declares one test per case, each on the fresh store that
//! the future makes.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

mod keeping;
mod lists;
mod outlines;
mod places;
mod races;
pub mod sample;
mod searches;

use std::sync::Arc;

use gacp_store::{HistoryStore, ReceiptStore};

pub use self::keeping::*;
pub use self::lists::*;
pub use self::outlines::*;
pub use self::places::*;
pub use self::races::*;
pub use self::searches::*;
use crate::FarmStore;

/// One empty store, by each of the ports that it is seen through.
#[derive(Clone)]
pub struct FarmFixture {
    /// Where farms are kept.
    pub farms: Arc<dyn FarmStore>,
    /// Where what happened to them is read.
    pub history: Arc<dyn HistoryStore>,
    /// Where the receipts of their changes are kept.
    pub receipts: Arc<dyn ReceiptStore>,
}

/// Declares one test per case of the farm-store contract; `$fresh` is a future of a
/// [`FarmFixture`](crate::contract::FarmFixture) on an empty store.
#[macro_export]
macro_rules! farm_store_contract {
    (@each $fresh:expr; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh.await).await;
        }
    )+};
    ($fresh:expr) => {
        $crate::farm_store_contract! { @each $fresh;
            an_inserted_farm_is_found_as_it_was
            a_farm_is_found_for_its_owner_only
            a_taken_name_is_refused
            a_renamed_farm_cannot_take_a_name
            an_archived_farm_frees_its_name
            a_stale_replace_is_refused
            a_farm_that_is_not_there_cannot_be_replaced
            a_change_is_written_with_its_history
            a_refused_change_leaves_no_history
            a_change_answers_its_request
            a_change_whose_lease_is_lost_writes_nothing
            a_list_is_read_newest_first_page_by_page
            farms_inserted_meanwhile_do_not_move_the_pages
            a_sync_loses_no_change
            lists_hold_what_was_asked_for
            filters_narrow_each_other
            thai_text_is_found_however_it_is_spaced
            a_plot_is_found_where_it_lies
            a_plot_is_found_until_it_moves_or_goes
            plots_of_archived_farms_are_not_found
            at_most_so_many_plots_are_found
            an_owners_own_plots_are_not_those_of_others
            a_box_holds_what_lies_on_its_edges
            a_polygon_does_not_hold_what_lies_in_its_holes
            several_polygons_are_one_region
            a_region_and_the_other_filters_narrow_each_other
            a_region_is_read_page_by_page
            a_farm_is_found_where_it_has_moved_to
            the_nearest_farms_come_first_with_their_distance
            the_nearest_farms_are_read_page_by_page
            a_list_of_the_nearest_continues_behind_what_is_gone
            what_is_found_by_its_place_is_the_whole_farm
            searches_by_place_find_what_looking_through_all_farms_finds
            of_many_farms_of_one_name_one_is_inserted
            of_many_changes_to_one_state_one_wins
        }
    };
}
