//! Whose bucket it is.

use std::net::IpAddr;

use actix_governor::KeyExtractor;
use actix_web::dev::ServiceRequest;
use gacp_limits::Key;
use uuid::Uuid;

use crate::http::{ApiError, ClientAddress};
use crate::network::block;

/// What a household or a server is given at least: within it, one client picks its addresses.
const IPV6_BITS: u8 = 56;

/// By the address of the client: IPv4 as it is, IPv6 by its /56.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct ByAddress;

impl KeyExtractor for ByAddress {
    type Key = Key;
    type KeyExtractionError = ApiError;

    fn extract(&self, request: &ServiceRequest) -> Result<Key, ApiError> {
        Ok(of_address(ClientAddress::of(request.request())))
    }
}

pub(super) fn of_address(address: ClientAddress) -> Key {
    match address.0.to_canonical() {
        // As an IPv6 address, so that it is none that anybody else can have.
        IpAddr::V4(address) => Key(address.to_ipv6_mapped().octets()),
        IpAddr::V6(address) => Key(block(address, IPV6_BITS).octets()),
    }
}

/// By the account of somebody who is signed in.
pub(in crate::http) fn of_user(id: Uuid) -> Key {
    Key(id.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> Key {
        of_address(ClientAddress(address.parse().unwrap()))
    }

    #[test]
    fn neighbours_in_ipv6_share_and_those_in_ipv4_do_not() {
        assert_eq!(key("2001:db8:1:22ff::1"), key("2001:db8:1:2200:ffff::9"));
        assert_ne!(key("2001:db8:1:2200::1"), key("2001:db8:1:2300::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
        assert_ne!(key("::1"), key("0.0.0.0"));
    }
}
