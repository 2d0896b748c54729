//! Lists: page by page, from a cursor that belongs to the list and its filters.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use gacp_keys::MacKey;
use gacp_store::{Order, Page, PageRequest};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::query::{self, Pairs};
use super::{ApiError, Reply, Shell, cursor, reply};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// The parameter that starts a sync.
const SYNC: &str = "updatedSince";

/// The query parameters by which a list is filtered: a struct of options in camelCase.
pub trait Filter: DeserializeOwned {
    /// Whether the list can also be read in the order of change (`updatedSince`).
    const SYNC: bool;
}

/// Which page of a list is wanted, by which filter.
pub struct List<F> {
    /// What the list is filtered by.
    pub filter: F,
    /// Which page of it.
    pub page: PageRequest,
    place: Place,
    shell: web::Data<Shell>,
}

/// Where a list stands: its path, and everything that decides what is in it.
#[derive(Debug)]
struct Place {
    path: String,
    filters: Pairs,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    limit: Option<usize>,
    cursor: Option<String>,
    updated_since: Option<Timestamp>,
}

#[derive(Serialize)]
struct Listing<V> {
    data: Vec<V>,
    page: Position,
}

#[derive(Serialize)]
struct Position {
    next: Option<String>,
    limit: usize,
}

impl<F: Filter> List<F> {
    fn read(request: &HttpRequest) -> Result<Self, ApiError> {
        let shell = request.app_data::<web::Data<Shell>>().cloned();
        let shell = shell.ok_or_else(|| ApiError::Internal("the shell is not in place".into()))?;
        let (mut paging, filters): (Pairs, Pairs) =
            query::pairs(request)?.into_iter().partition(|(name, _)| is_paging(name));
        // The start of a sync says which list it is, and how it is paged.
        let (since, own): (Pairs, Pairs) =
            filters.iter().cloned().partition(|(name, _)| F::SYNC && name == SYNC);
        paging.extend(since);
        let filter = query::parse(&own)?;
        let place = Place { path: request.path().to_owned(), filters };
        let page = query::parse::<Paging>(&paging)?.page(&place, shell.keyring.cursor_mac())?;
        Ok(Self { filter, page, place, shell })
    }
}

impl Paging {
    fn page(self, place: &Place, key: &MacKey) -> Result<PageRequest, ApiError> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::query("/limit", "out-of-range"));
        }
        let after = self.cursor.map(|text| cursor::open(key, &place.name(), &text)).transpose()?;
        let order = self.updated_since.map_or(Order::NewestFirst, Order::ChangedSince);
        Ok(PageRequest { order, after, limit })
    }
}

impl<F> List<F> {
    /// The reply: the page's items as their views, and where the next page is.
    pub fn reply<T, V: Serialize>(&self, page: Page<T>, view: impl FnMut(T) -> V) -> Reply {
        let Page { items, next } = page.map(view);
        let key = self.shell.keyring.cursor_mac();
        let next = next.map(|cursor| cursor::seal(key, &self.place.name(), &cursor));
        let link = next.as_deref().map(|next| self.place.address(next, self.page.limit));
        let page = Position { next, limit: self.page.limit };
        let reply = reply::plain(&Listing { data: items, page });
        match link {
            Some(link) => reply.next(&link),
            None => reply,
        }
    }
}

impl Place {
    /// The same for every page of one list, and for no other.
    fn name(&self) -> String {
        let mut filters: Vec<_> = self.borrowed().collect();
        filters.sort_unstable();
        format!("{}?{}", self.path, query::encode(filters.into_iter()))
    }

    /// Where the page after `cursor` is.
    fn address(&self, cursor: &str, limit: usize) -> String {
        let limit = limit.to_string();
        let paging = [("limit", limit.as_str()), ("cursor", cursor)];
        format!("{}?{}", self.path, query::encode(self.borrowed().chain(paging)))
    }

    fn borrowed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.filters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Whether the parameters of a list can be read at all.
pub(super) fn check<F: Filter>(request: &HttpRequest) -> Result<(), ApiError> {
    List::<F>::read(request).map(drop)
}

fn is_paging(name: &str) -> bool {
    matches!(name, "limit" | "cursor")
}

impl<F: Filter + 'static> FromRequest for List<F> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}
