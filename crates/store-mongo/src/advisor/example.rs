//! Every query of the catalogue as a command, with values of documents that are there.

use gacp_store::{Cursor, Order, PageRequest};
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use super::typical::Typical;
use crate::catalogue::Query;
use crate::document::stored_uuid;
use crate::listing::Listing;
use crate::reading::Find;
use crate::{applications, numbers, queries};

mod record;

use record::{
    of_account, of_application, of_assigned_application, of_booking, of_certificate, of_entry,
    of_event, of_expiring_application, of_farm, of_guesses, of_key, of_live_application, of_note,
    of_plot, of_receipt, of_session,
};

/// How many rows a page has when nobody says otherwise.
const PAGE: usize = 20;

/// A query as a command.
pub(super) struct Example {
    pub(super) query: Query,
    pub(super) command: Document,
}

/// An example of each query for which there are documents, in the order of the catalogue.
pub(super) fn all(typical: &Typical) -> Vec<Example> {
    let of = |document: &Option<Document>, asked: fn(&Document) -> Option<Vec<Example>>| {
        document.as_ref().and_then(asked).unwrap_or_default()
    };
    let same = |document: &Option<Document>, query, fields: &[&str]| {
        document.as_ref().map(|document| equal(query, document, fields))
    };
    let mut examples: Vec<Example> = [
        of(&typical.account, of_account),
        of(&typical.session, of_session),
        of(&typical.guesses, of_guesses),
        of(&typical.event, of_event),
        of(&typical.farm, of_farm),
        of(&typical.plot, of_plot),
        of(&typical.application, of_application),
        of(&typical.live_application, of_live_application),
        of(&typical.assigned_application, of_assigned_application),
        of(&typical.expiring_application, of_expiring_application),
        of(&typical.booking, of_booking),
        of(&typical.certificate, of_certificate),
        of(&typical.entry, of_entry),
        of(&typical.note, of_note),
        of(&typical.receipt, of_receipt),
        of(&typical.key, of_key),
    ]
    .into_iter()
    .flatten()
    .collect();
    examples.extend(same(&typical.number, applications::NUMBER_TAKEN, &["_id"]));
    examples.extend(same(&typical.payment, applications::PAYMENT, &["reference"]));
    examples.extend(same(&typical.counter, numbers::OF_SERIES, &["_id"]));
    let order = queries();
    examples.sort_by_key(|example| order.iter().position(|query| *query == example.query));
    examples
}

/// Two pages of each list: the newest, and what changed after something older than all.
fn pages(listings: impl IntoIterator<Item = Listing>) -> impl Iterator<Item = Example> {
    let (long_ago, limit) = (Timestamp::UNIX_EPOCH, PAGE);
    let after = Some(Cursor { id: Uuid::nil(), updated_at: long_ago });
    let changed = PageRequest { order: Order::ChangedSince(long_ago), after, limit };
    let pages = move |listing: Listing| {
        let newest = listing.clone().page(&PageRequest::first(limit));
        [finding(newest), finding(listing.page(&changed))]
    };
    listings.into_iter().flat_map(pages)
}

fn finding(find: Find) -> Example {
    let (query, command) = find.into_command();
    Example { query, command }
}

fn found(query: Query, filter: Document) -> Example {
    Example { query, command: doc! { "find": query.collection, "filter": filter } }
}

/// The documents that agree with one in some fields.
fn equal(query: Query, document: &Document, fields: &[&str]) -> Example {
    let named = fields.iter().filter_map(|field| Some((*field, document.get(field)?.clone())));
    found(query, named.map(|(field, value)| (field.to_owned(), value)).collect())
}

fn changing(query: Query, filter: Document) -> Example {
    let update = doc! { "q": filter, "u": { "$set": { "explained": true } }, "multi": true };
    Example { query, command: doc! { "update": query.collection, "updates": [update] } }
}

fn removing(query: Query, filter: Document) -> Example {
    let delete = doc! { "q": filter, "limit": 0 };
    Example { query, command: doc! { "delete": query.collection, "deletes": [delete] } }
}

fn says(document: &Document, field: &str, word: &str) -> bool {
    document.get_str(field).is_ok_and(|found| found == word)
}

fn id(document: &Document, field: &str) -> Option<Uuid> {
    stored_uuid(document.get(field)?)
}
