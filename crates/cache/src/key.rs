//! What a cached reply is the reply to.

use std::fmt;

use thiserror::Error;

use crate::digest::Digest;

/// What a reply answers, and to whom it may be given: a BLAKE3 digest of all that the reply
/// depends on. It tells nobody what that was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

/// To whom a reply may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope<'a> {
    /// To anybody.
    Public,
    /// To everybody in a role: the reply is the same for all of them.
    Role(&'a str),
    /// To one user alone.
    User(&'a str),
}

/// The request has a parameter that no key knows: its reply may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the query has a parameter that the cache does not know")]
pub struct UnknownParameter;

impl Key {
    /// Begins the key of a request by its route template (`/farms/{id}`), its method, and to whom
    /// the reply may be given. There is no key without all three.
    pub fn of<'a>(route: &'a str, method: &'a str, scope: Scope<'a>) -> KeyParts<'a> {
        KeyParts {
            route,
            method,
            scope,
            path: Vec::new(),
            query: Vec::new(),
            language: "",
            version: "",
        }
    }

    /// A key that was read from where it was kept.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:032x})", u128::from_be_bytes(self.0))
    }
}

/// A key in the making.
#[derive(Debug, Clone)]
#[must_use = "it is no key yet"]
pub struct KeyParts<'a> {
    route: &'a str,
    method: &'a str,
    scope: Scope<'a>,
    path: Vec<(&'a str, &'a str)>,
    query: Vec<(&'a str, &'a str)>,
    language: &'a str,
    version: &'a str,
}

impl<'a> KeyParts<'a> {
    /// A parameter of the path.
    pub fn path(mut self, name: &'a str, value: &'a str) -> Self {
        self.path.push((name, value));
        self
    }

    /// The decoded parameters of the query, in any order. Fails when one is not among those that
    /// the reply is known to depend on: then it must not be cached.
    pub fn query(
        mut self,
        known: &[&str],
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, UnknownParameter> {
        for (name, value) in pairs {
            if !known.contains(&name) {
                return Err(UnknownParameter);
            }
            self.query.push((name, value));
        }
        Ok(self)
    }

    /// The language of the reply.
    pub fn language(mut self, language: &'a str) -> Self {
        self.language = language;
        self
    }

    /// The version of what makes the reply: two versions at work at once share nothing.
    pub fn version(mut self, version: &'a str) -> Self {
        self.version = version;
        self
    }

    /// The key.
    pub fn key(mut self) -> Key {
        // Stable: which of two values of one name comes first may matter.
        self.query.sort_by_key(|(name, _)| *name);
        let mut digest = Digest::new("gacp cache key 1");
        digest.part(self.route.as_bytes());
        digest.part(self.method.as_bytes());
        let (sort, who) = match self.scope {
            Scope::Public => (0, ""),
            Scope::Role(role) => (1, role),
            Scope::User(user) => (2, user),
        };
        digest.number(sort);
        digest.part(who.as_bytes());
        for pairs in [&self.path, &self.query] {
            digest.number(pairs.len());
            for (name, value) in pairs {
                digest.part(name.as_bytes());
                digest.part(value.as_bytes());
            }
        }
        for part in [self.language, self.version] {
            digest.part(part.as_bytes());
        }
        Key(digest.finish())
    }
}

#[cfg(test)]
mod tests;
