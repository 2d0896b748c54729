//! Ranges of network addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// An address, or all that share its first bits (`10.0.0.0/8`, `2001:db8::/32`).
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// The text names no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an address or a network")]
pub struct NoNetwork;

impl Network {
    /// Whether an address lies in it. An IPv4 address counts as itself, however it is written.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let apart = 32 - u32::from(self.bits.min(32));
                (first.to_bits() ^ address.to_bits()).checked_shr(apart).unwrap_or(0) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => block(address, self.bits) == first,
            _ => false,
        }
    }
}

/// The first address of the network of so many bits in which this one lies.
pub(crate) fn block(address: Ipv6Addr, bits: u8) -> Ipv6Addr {
    let apart = 128 - u32::from(bits.min(128));
    let mask = u128::MAX.checked_shl(apart).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & mask)
}

impl FromStr for Network {
    type Err = NoNetwork;

    /// A network of no bits would be everybody and is refused.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok().ok_or(NoNetwork)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok().ok_or(NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if !(1..=most).contains(&bits) {
            return Err(NoNetwork);
        }
        let first = match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => IpAddr::V6(block(address, bits)),
        };
        Ok(Self { first, bits })
    }
}

impl TryFrom<String> for Network {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Self, NoNetwork> {
        text.trim().parse()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_lies_in_the_networks_whose_first_bits_it_has() {
        let rows = [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.1.2.3/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.9.9.9", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::1", "::1", true),
            ("::1", "127.0.0.1", false),
        ];

        for (range, address, inside) in rows {
            assert_eq!(network(range).contains(ip(address)), inside, "{range} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_and_so_is_everybody() {
        let rows = ["", "proxy", "10.0.0.0/", "10.0.0.0/33", "::1/129", "10.0.0.0/-1", "1.2.3"];
        for text in rows.into_iter().chain(["0.0.0.0/0", "::/0"]) {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
    }
}
