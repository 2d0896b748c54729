//! Lists whose filters are too large for an address: they stand in a body, the cursor with them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use gacp_store::{Page, PageRequest};
use serde::Serialize;

use super::{DEFAULT_LIMIT, Listing, Next, shell_of};
use crate::http::{ApiError, Reply, Shell, cursor, reply};

/// A list that is asked for in a body.
pub struct Posted {
    path: String,
    shell: web::Data<Shell>,
}

/// The page of such a list that is wanted.
pub struct PostedPage {
    /// Which page.
    pub page: PageRequest,
    /// The list and its filters.
    name: String,
    shell: web::Data<Shell>,
}

impl Posted {
    /// The page after a cursor of the list with these filters, newest first. Fails with
    /// [`ApiError::InvalidCursor`] when the cursor is of another list.
    pub fn page(
        self,
        filters: &impl Serialize,
        (limit, after): (Option<usize>, Option<&str>),
    ) -> Result<PostedPage, ApiError> {
        let filters =
            serde_json::to_string(filters).map_err(|error| ApiError::Internal(error.into()))?;
        let name = format!("{}\n{filters}", self.path);
        let key = self.shell.keyring.cursor_mac();
        let after = after.map(|text| cursor::open(key, &name, text)).transpose()?;
        let page = PageRequest { after, ..PageRequest::first(limit.unwrap_or(DEFAULT_LIMIT)) };
        Ok(PostedPage { page, name, shell: self.shell })
    }
}

impl PostedPage {
    /// The reply: the page's items as their views, and the cursor that the next request carries.
    pub fn reply<T, V: Serialize>(&self, page: Page<T>, view: impl FnMut(T) -> V) -> Reply {
        let Page { items, next } = page.map(view);
        let (key, limit) = (self.shell.keyring.cursor_mac(), self.page.limit);
        let next = next.map(|at| cursor::seal(key, &self.name, &at));
        reply::plain(&Listing { data: items, page: Next { next, limit } })
    }
}

impl FromRequest for Posted {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = request.path().to_owned();
        ready(shell_of(request).map(|shell| Self { path, shell }))
    }
}
