//! Signed claims: JWS with Ed25519 (RFC 7515, RFC 8037).

use std::fmt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use gacp_store::StoreError;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::generations::{Dated, Generations};
use crate::seal::KEY_BYTES;
use crate::{KeyError, sha256, to_base64url};

/// The public half of a signing key (RFC 8037 §2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// The key's family: `OKP`.
    pub kty: &'static str,
    /// The curve: `Ed25519`.
    pub crv: &'static str,
    /// The public key, base64url.
    pub x: String,
    /// The key's name: the thumbprint of the above (RFC 7638).
    pub kid: String,
    /// The only algorithm it serves: `EdDSA`.
    pub alg: &'static str,
    /// The only use it has: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
}

/// The public keys that verify what a [`Signer`] signed (RFC 7517 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// The keys, oldest first.
    pub keys: Vec<Jwk>,
}

/// One Ed25519 key pair.
pub(crate) struct KeyPair {
    secret: EncodingKey,
    public: DecodingKey,
    jwk: Jwk,
}

impl KeyPair {
    pub(crate) fn new(seed: &[u8; KEY_BYTES]) -> Result<Self, KeyError> {
        let pair = SigningKey::from_bytes(seed);
        let document = pair.to_pkcs8_der();
        let document = document.map_err(|error| StoreError::Corrupt(Box::new(error)))?;
        let public = pair.verifying_key().to_bytes();
        Ok(Self {
            secret: EncodingKey::from_ed_der(document.as_bytes()),
            public: DecodingKey::from_ed_der(&public),
            jwk: jwk(&public),
        })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.jwk.kid
    }
}

fn jwk(public: &[u8; 32]) -> Jwk {
    let x = to_base64url(public);
    // The required members in lexicographic order, without white space (RFC 7638 §3, RFC 8037 §2).
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let kid = to_base64url(&sha256(members.as_bytes()));
    Jwk { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", usage: "sig" }
}

/// Signs and verifies claims with the keys of one purpose.
pub struct Signer {
    keys: Generations<KeyPair>,
    published: JwkSet,
    document: String,
    rules: Validation,
}

impl Signer {
    pub(crate) fn new(keys: Generations<KeyPair>) -> Result<Self, KeyError> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // Whoever verifies judges the claims, by a time that he is given.
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        rules.validate_aud = false;
        let published = JwkSet { keys: keys.iter().map(|dated| dated.key.jwk.clone()).collect() };
        let document = serde_json::to_string(&published);
        let document = document.map_err(|error| StoreError::Corrupt(Box::new(error)))?;
        Ok(Self { keys, published, document, rules })
    }

    /// Signs claims, a JSON object, as a token of the type `typ`, with the key whose time `at` is.
    /// The same claims at the same moment are the same token, also later and in other processes.
    pub fn sign(
        &self,
        typ: &str,
        claims: &impl Serialize,
        at: Timestamp,
    ) -> Result<String, KeyError> {
        let signing = self.keys.at(at);
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(signing.kid.clone());
        jsonwebtoken::encode(&header, claims, &signing.key.secret).map_err(KeyError::Unsigned)
    }

    /// Reads the claims of a token of the type `typ` that one of these keys signed with Ed25519.
    /// Keys named by the token itself (`jwk`, `jku`, `x5u`) are not looked at, `crit` extensions
    /// are not understood; expiry, issuer and audience are left to the caller. Fails with
    /// [`KeyError::Untrusted`].
    pub fn verify<T: DeserializeOwned>(&self, typ: &str, token: &str) -> Result<T, KeyError> {
        let header = jsonwebtoken::decode_header(token);
        let header = header.map_err(|_unreadable| KeyError::Untrusted)?;
        if header.typ.as_deref() != Some(typ) || header.crit.is_some() {
            return Err(KeyError::Untrusted);
        }
        let pair = header.kid.as_deref().and_then(|kid| self.keys.find(kid));
        let pair = pair.ok_or(KeyError::Untrusted)?;
        let token = jsonwebtoken::decode(token, &pair.public, &self.rules);
        token.map(|token| token.claims).map_err(|_unverified| KeyError::Untrusted)
    }

    /// The public keys, for whoever verifies elsewhere: also those that do not sign yet, and those
    /// that do no more.
    pub fn jwks(&self) -> &JwkSet {
        &self.published
    }

    /// The same as a document: the JSON of a `jwks_uri` (RFC 7517 §5).
    pub fn jwks_document(&self) -> &str {
        &self.document
    }

    pub(crate) fn newest_signs_from(&self) -> Timestamp {
        self.keys.newest().active_from
    }

    /// The names of the keys that another one had superseded by then, oldest first.
    pub(crate) fn superseded_by(&self, moment: Timestamp) -> Vec<String> {
        let superseded = self.keys.followed().filter(|(_, next)| next.active_from <= moment);
        superseded.map(|(former, _)| former.kid.clone()).collect()
    }

    pub(crate) fn holds_the_keys_of(&self, other: &Self) -> bool {
        let named = |dated: &Dated<KeyPair>| (dated.kid.clone(), dated.active_from);
        self.keys.iter().map(named).eq(other.keys.iter().map(named))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("jwks", self.jwks()).finish()
    }
}

#[cfg(test)]
mod tests;
