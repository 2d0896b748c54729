//! Lists: a query that grows by the filters that were given, and is cut into pages.

use gacp_store::{Cursor, Order, Page, PageRequest};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde::de::DeserializeOwned;

use crate::document::{micros, records};
use crate::engine::Failure;

/// A query for records of one table, by default for `id, doc`. The table has `updated_at` too.
pub(crate) struct Listing {
    table: &'static str,
    sql: String,
    params: Vec<Value>,
    /// A column is compared already, and its index is the one to walk.
    indexed: bool,
}

impl Listing {
    /// Every record of a table.
    pub(crate) fn of(table: &'static str) -> Self {
        Self::selecting(table, "id, doc", table)
    }

    /// Other columns of every record, from the table and what is joined to it.
    pub(crate) fn selecting(table: &'static str, columns: &str, source: &str) -> Self {
        let sql = format!("SELECT {columns} FROM {source} WHERE TRUE");
        Self { table, sql, params: Vec::new(), indexed: false }
    }

    /// Only the records with a value in a column, if there is a value. Of several such columns
    /// the first says which index is walked, so it must be the one that leaves fewest records.
    pub(crate) fn by(mut self, column: &str, value: Option<impl Into<Value>>) -> Self {
        let Some(value) = value else { return self };
        // A unary plus keeps SQLite from choosing this column's index over the first one's.
        let plus = if self.indexed { "+" } else { "" };
        self.indexed = true;
        self.when(&format!("{plus}{column} = ?"), [value.into()])
    }

    /// Only the records that meet a condition, whose `?`s stand for the values.
    pub(crate) fn when(
        mut self,
        condition: &str,
        values: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.params.extend(values.into_iter().map(Into::into));
        self
    }

    /// Like [`when`](Self::when), if there is a value.
    pub(crate) fn when_some(self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.when(condition, [value.into()]),
            None => self,
        }
    }

    /// One page, and one record more to know whether another page follows.
    pub(crate) fn page(self, page: &PageRequest) -> Self {
        let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
        let mut limited = self.ordered(page).then(" LIMIT ?");
        limited.params.push(limit.into());
        limited
    }

    /// The records from this page on, in its order.
    pub(crate) fn ordered(self, page: &PageRequest) -> Self {
        let after = page.after;
        match page.order {
            Order::NewestFirst => self
                .when_some("id < ?", after.map(|after| after.id.into_bytes().to_vec()))
                .then(" ORDER BY id DESC"),
            Order::ChangedSince(since) => {
                let since = self.when("updated_at >= ?", [micros(since)]);
                match after {
                    Some(after) => since.when(
                        "(updated_at, id) > (?, ?)",
                        [
                            Value::from(micros(after.updated_at)),
                            Value::from(after.id.into_bytes().to_vec()),
                        ],
                    ),
                    None => since,
                }
                .then(" ORDER BY updated_at, id")
            }
        }
    }

    /// Reads the page.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        connection: &Connection,
        page: &PageRequest,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Result<Page<T>, Failure> {
        let params = params_from_iter(&self.params);
        let items = records(connection, self.table, (&self.sql, params))?;
        Ok(Page::cut(items, page.limit, cursor))
    }

    /// The query.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// What its `?`s stand for.
    pub(crate) fn params(&self) -> &[Value] {
        &self.params
    }

    fn then(mut self, clause: &str) -> Self {
        self.sql.push_str(clause);
        self
    }
}
