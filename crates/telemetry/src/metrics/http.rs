//! Requests that a server answers, by the semantic conventions for HTTP servers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::exemplar::HistogramWithExemplars;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::closed_label;

/// The convention's buckets, in seconds, and 0.3: what this API promises of 99 in 100 requests.
const BUCKETS: [f64; 15] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The route of a request that none fits.
const NOWHERE: &str = "";

closed_label! {
    /// The method of a request; whatever is not one of them is counted as one other.
    pub enum Method {
        /// Opens a tunnel.
        Connect => "CONNECT",
        /// Removes.
        Delete => "DELETE",
        /// Reads.
        Get => "GET",
        /// Reads what is said of it.
        Head => "HEAD",
        /// Asks what is allowed.
        Options => "OPTIONS",
        /// Changes a part.
        Patch => "PATCH",
        /// Acts.
        Post => "POST",
        /// Replaces.
        Put => "PUT",
        /// Asks for itself.
        Trace => "TRACE",
        /// Unknown.
        Other => "_OTHER",
    }
}

closed_label! {
    /// How clients come.
    pub enum Scheme {
        /// In the clear.
        Http => "http",
        /// Over TLS, which may end at a proxy.
        Https => "https",
    }
}

closed_label! {
    /// Why a request ended otherwise than by a reply that its client got.
    pub enum Ending {
        /// Its client went away before the end of the reply.
        Cancelled => "cancelled",
        /// A bug: the code that answered it panicked.
        Panicked => "panic",
    }
}

impl Method {
    /// The method of this name. Names are case-sensitive (RFC 9110 §9.1).
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|method| method.as_str() == name).unwrap_or(Self::Other)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Active {
    http_request_method: Method,
    url_scheme: Scheme,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    http_request_method: Method,
    /// Empty when no route fits.
    http_route: &'static str,
    /// Nothing when there was no reply.
    http_response_status_code: Option<u16>,
    url_scheme: Scheme,
    /// An [`Ending`], the status when that is the server's fault, or nothing.
    error_type: Option<ErrorType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ErrorType {
    Ended(Ending),
    Status(u16),
}

impl EncodeLabelValue for ErrorType {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> std::fmt::Result {
        match self {
            Self::Ended(ending) => ending.encode(encoder),
            Self::Status(status) => status.encode(encoder),
        }
    }
}

/// The trace of a request that took so long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Exemplar {
    trace_id: String,
}

type Durations =
    Family<Answered, HistogramWithExemplars<Exemplar>, fn() -> HistogramWithExemplars<Exemplar>>;

/// Requests under way, and how long the others took. All clones are one; a thread with a clone of
/// its own does not wait for others to count who holds it.
#[derive(Debug)]
pub struct HttpMetrics {
    own: Arc<Own>,
}

/// What one clone and its requests hold, of what all share.
#[derive(Debug)]
struct Own(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    scheme: Scheme,
    durations: Durations,
    /// Of each method.
    active: Vec<(Method, Gauge)>,
    routes: HashSet<&'static str>,
}

/// A request under way. Dropped without having ended, it was cancelled.
#[derive(Debug)]
pub struct InFlight {
    own: Arc<Own>,
    method: Method,
    started: Instant,
    answered: Option<(&'static str, u16)>,
    is_over: bool,
}

impl Shared {
    /// There are few methods: they are looked through sooner than a name is hashed.
    fn active(&self, method: Method) -> Option<&Gauge> {
        self.active.iter().find(|(of, _)| *of == method).map(|(_, gauge)| gauge)
    }
}

impl Clone for HttpMetrics {
    fn clone(&self) -> Self {
        Self { own: Arc::new(Own(Arc::clone(&self.own.0))) }
    }
}

impl HttpMetrics {
    /// Registers `http_server_request_duration_seconds` and `http_server_active_requests`. Routes
    /// are templates (`/farms/{id}`); no others are ever told apart.
    pub fn register(
        registry: &mut Registry,
        scheme: Scheme,
        routes: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let durations =
            Durations::new_with_constructor(|| HistogramWithExemplars::new(BUCKETS.into_iter()));
        registry.register_with_unit(
            "http_server_request_duration",
            "How long requests took, to the end of the reply",
            Unit::Seconds,
            durations.clone(),
        );
        let under_way = Family::<Active, Gauge>::default();
        registry.register(
            "http_server_active_requests",
            "Requests that are being answered",
            under_way.clone(),
        );
        let gauge = |http_request_method| {
            let labels = Active { http_request_method, url_scheme: scheme };
            (http_request_method, under_way.get_or_create_owned(&labels))
        };
        let active = Method::ALL.into_iter().map(gauge).collect();
        let routes = routes.into_iter().collect();
        let shared = Arc::new(Shared { scheme, durations, active, routes });
        Self { own: Arc::new(Own(shared)) }
    }

    /// A request begins, with the method of this name.
    pub fn begin(&self, method: &str) -> InFlight {
        let (own, method) = (Arc::clone(&self.own), Method::of(method));
        if let Some(gauge) = own.0.active(method) {
            gauge.inc();
        }
        InFlight { own, method, started: Instant::now(), answered: None, is_over: false }
    }
}

impl InFlight {
    /// Its method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// For how long it has been under way.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Its reply begins. Dropped from here on, it was cancelled in the middle of this reply.
    pub fn answered(&mut self, route: Option<&str>, status: u16) {
        let route = route.and_then(|route| self.own.0.routes.get(route));
        self.answered = Some((route.copied().unwrap_or(NOWHERE), status));
    }

    /// Its reply has ended; `trace` is the id of its trace, if that is kept.
    pub fn end(mut self, route: Option<&str>, status: u16, trace: Option<String>) -> Duration {
        self.answered(route, status);
        self.finish(None, trace)
    }

    /// The reply that was begun has ended.
    pub fn complete(mut self, trace: Option<String>) -> Duration {
        self.finish(None, trace)
    }

    /// The code that answered it panicked, and something else will answer with this status.
    pub fn panicked(mut self, route: Option<&str>, status: u16, trace: Option<String>) -> Duration {
        self.answered(route, status);
        self.finish(Some(Ending::Panicked), trace)
    }

    fn finish(&mut self, ending: Option<Ending>, trace: Option<String>) -> Duration {
        self.is_over = true;
        let took = self.started.elapsed();
        let Own(shared) = &*self.own;
        if let Some(gauge) = shared.active(self.method) {
            gauge.dec();
        }
        let (route, status) = match self.answered.take() {
            Some((route, status)) => (route, Some(status)),
            None => (NOWHERE, None),
        };
        let at_fault = status.filter(|status| *status >= 500).map(ErrorType::Status);
        let labels = Answered {
            http_request_method: self.method,
            http_route: route,
            http_response_status_code: status,
            url_scheme: shared.scheme,
            error_type: ending.map(ErrorType::Ended).or(at_fault),
        };
        let exemplar = trace.map(|trace_id| Exemplar { trace_id });
        let durations = shared.durations.get_or_create(&labels);
        durations.observe(took.as_secs_f64(), exemplar, None);
        took
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if !self.is_over {
            self.finish(Some(Ending::Cancelled), None);
        }
    }
}
