//! Where a request comes from: the one address that no client can choose for itself.

mod hops;

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};

use super::{ApiError, Shell};
use crate::network::Network;
use hops::{Hop, forwarded, x_forwarded_for};

/// The address from which a client reached us, as far as we can trust what we are told.
///
/// It is the peer of the connection, unless that is one of our proxies: then it is the right-most
/// address that none of them is, because each proxy appends to the right whom it was reached by.
/// Everything left of that is the client's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Where this request comes from.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        // Only a request that was never sent (in a unit test) has no peer.
        let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let peer = request.peer_addr().as_ref().map_or(nobody, SocketAddr::ip);
        let shell = request.app_data::<web::Data<Shell>>();
        let proxies = shell.map_or(&[][..], |shell| &shell.trusted_proxies);
        Self(client(peer, request.headers(), proxies))
    }
}

impl FromRequest for ClientAddress {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// The client behind a peer. What cannot be read, or contradicts itself, leaves the nearest hop
/// that can be trusted: the client shares its limits, which nobody would choose.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    if !is_proxy(peer) {
        return peer;
    }
    let behind = |hops: &[Hop]| farthest(peer, hops, is_proxy);
    match (forwarded(headers), x_forwarded_for(headers)) {
        (None, None) => peer,
        (Some(hops), None) | (None, Some(hops)) => behind(&hops),
        // A proxy writes one of them and may pass the other on as the client sent it: which one
        // it is cannot be told, so they must agree.
        (Some(one), Some(other)) => {
            let (one, other) = (behind(&one), behind(&other));
            if one == other { one } else { peer }
        }
    }
}

/// The first hop from the right that is not a proxy of ours; what stands behind it is hearsay.
fn farthest(peer: IpAddr, hops: &[Hop], is_proxy: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        match hop.0 {
            Some(address) if is_proxy(address) => nearest = address,
            Some(address) => return address,
            None => return nearest,
        }
    }
    nearest
}

#[cfg(test)]
mod tests;
