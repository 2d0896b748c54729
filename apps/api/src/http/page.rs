//! Lists: page by page, from a cursor that belongs to the list and its filters.

mod place;
mod posted;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use gacp_farms::{NearPage, NearRequest, Nearness};
use gacp_keys::MacKey;
use gacp_store::{Cursor, Order, Page, PageRequest};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::place::Place;
pub use self::posted::Posted;
use super::cursor::{self, Position};
use super::query::{self, Pairs};
use super::{ApiError, Reply, Shell, reply};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// The parameter that starts a sync.
const SYNC: &str = "updatedSince";

/// The query parameters by which a list is filtered: a struct of options in camelCase.
pub trait Filter: DeserializeOwned {
    /// Whether the list can also be read in the order of change (`updatedSince`).
    const SYNC: bool;

    /// Reads the parameters; a filter with rules of its own reads them
    /// [`checked`](super::checked).
    fn read(pairs: &Pairs) -> Result<Self, ApiError> {
        query::parse(pairs)
    }
}

/// How a list is ordered, and which page of it is wanted.
pub trait Paged: Sized {
    /// The position behind the last item of a page.
    type At: Position;

    /// At most so many items after a position; `since` on lists that can be synced.
    fn of(after: Option<Self::At>, limit: usize, since: Option<Timestamp>) -> Self;

    /// At most so many items.
    fn limit(&self) -> usize;
}

/// Which page of a list is wanted, by which filter; by age unless `P` is another order.
pub struct List<F, P = PageRequest> {
    /// What the list is filtered by.
    pub filter: F,
    /// Which page of it.
    pub page: P,
    place: Place,
    shell: web::Data<Shell>,
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
    page: Next,
}

#[derive(Serialize)]
struct Next {
    next: Option<String>,
    limit: usize,
}

impl Paged for PageRequest {
    type At = Cursor;

    fn of(after: Option<Cursor>, limit: usize, since: Option<Timestamp>) -> Self {
        let order = since.map_or(Order::NewestFirst, Order::ChangedSince);
        Self { order, after, limit }
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

impl Paged for NearRequest {
    type At = Nearness;

    fn of(after: Option<Nearness>, limit: usize, _: Option<Timestamp>) -> Self {
        Self { after, limit }
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

impl<F: Filter, P: Paged> List<F, P> {
    fn read(request: &HttpRequest) -> Result<Self, ApiError> {
        let shell = shell_of(request)?;
        let (mut paging, filters): (Pairs, Pairs) =
            query::pairs(request)?.into_iter().partition(|(name, _)| is_paging(name));
        // The start of a sync says which list it is, and how it is paged.
        let (since, own): (Pairs, Pairs) =
            filters.iter().cloned().partition(|(name, _)| F::SYNC && name == SYNC);
        paging.extend(since);
        let filter = F::read(&own)?;
        let place = Place::new(request.path(), filters);
        let page = query::parse::<Paging>(&paging)?.page(&place, shell.keyring.cursor_mac())?;
        Ok(Self { filter, page, place, shell })
    }
}

impl Paging {
    fn page<P: Paged>(self, place: &Place, key: &MacKey) -> Result<P, ApiError> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::query("/limit", "out-of-range"));
        }
        let after = self.cursor.map(|text| cursor::open(key, &place.name(), &text)).transpose()?;
        Ok(P::of(after, limit, self.updated_since))
    }
}

impl<F> List<F> {
    /// The reply: the page's items as their views, and where the next page is.
    pub fn reply<T, V: Serialize>(&self, page: Page<T>, view: impl FnMut(T) -> V) -> Reply {
        let Page { items, next } = page.map(view);
        self.linked(items, next.as_ref())
    }
}

impl<F> List<F, NearRequest> {
    /// The reply: the page's farms as their views, and where the next page is.
    pub fn reply<V: Serialize>(
        &self,
        page: NearPage,
        view: impl FnMut(gacp_farms::NearFarm) -> V,
    ) -> Reply {
        self.linked(page.items.into_iter().map(view).collect(), page.next.as_ref())
    }
}

impl<F, P: Paged> List<F, P> {
    fn linked<V: Serialize>(&self, data: Vec<V>, next: Option<&P::At>) -> Reply {
        let (key, limit) = (self.shell.keyring.cursor_mac(), self.page.limit());
        let next = next.map(|at| cursor::seal(key, &self.place.name(), at));
        let link = next.as_deref().map(|next| self.place.address(next, limit));
        let reply = reply::plain(&Listing { data, page: Next { next, limit } });
        match link {
            Some(link) => reply.next(&link),
            None => reply,
        }
    }
}

/// Whether the parameters of a list can be read at all.
pub(super) fn check<F: Filter, P: Paged>(request: &HttpRequest) -> Result<(), ApiError> {
    List::<F, P>::read(request).map(drop)
}

fn shell_of(request: &HttpRequest) -> Result<web::Data<Shell>, ApiError> {
    let shell = request.app_data::<web::Data<Shell>>().cloned();
    shell.ok_or_else(|| ApiError::Internal("the shell is not in place".into()))
}

fn is_paging(name: &str) -> bool {
    matches!(name, "limit" | "cursor")
}

impl<F: Filter + 'static, P: Paged + 'static> FromRequest for List<F, P> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}
