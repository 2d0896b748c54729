use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use prometheus_client::registry::Registry;
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::metrics::{Exposition, Format};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn service() -> Service {
    Service { name: "test", version: "0", instance: "1".to_owned() }
}

fn collector_at(address: &str, protocol: Protocol) -> Collector {
    let sampling = Sampling { roots: Roots::Every, heeds_parent: true };
    Collector { endpoint: format!("http://{address}"), protocol, sampling }
}

fn http(address: &str) -> Collector {
    collector_at(address, Protocol::Http)
}

/// A collector that does with every connection what it is told to; says what came first.
fn collector(
    answer: impl Fn(TcpStream, Vec<u8>) + Send + 'static,
) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 65_536];
            let read = stream.read(&mut request).unwrap_or(0);
            request.truncate(read);
            if tell.send(request.clone()).is_err() {
                return;
            }
            answer(stream, request);
        }
    });
    (address, told)
}

/// A request with this `traceparent`.
fn from(traces: &Traces, parent: &str) -> Arrival {
    traces.arrival(|name| (name == "traceparent").then_some(parent))
}

fn spans(traces: &Traces, number: usize) {
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::dispatcher::with_default(&Dispatch::new(subscriber), || {
        for _ in 0..number {
            let span = tracing::info_span!("work", otel.kind = "server");
            from(traces, PARENT).begin(&span);
            span.in_scope(|| tracing::error!("password=hunter2"));
        }
    });
}

fn dropped(exposition: &Exposition, reason: &str) -> u64 {
    let text = exposition.render(Format::Text);
    let name = format!("telemetry_spans_dropped_total{{reason=\"{reason}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)).unwrap().parse().unwrap()
}

#[test]
fn spans_reach_a_collector_and_log_lines_do_not() {
    let (address, told) = collector(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    let mut registry = Registry::default();
    let traces = Traces::to(&http(&address), &service(), &mut registry).unwrap();

    spans(&traces, 1);
    traces.end(Duration::from_secs(5));

    let request = told.recv_timeout(Duration::from_secs(5)).unwrap();
    let text = String::from_utf8_lossy(&request);
    assert!(text.starts_with("POST /v1/traces HTTP/1.1"), "{text}");
    assert!(text.contains("work") && !text.contains("hunter2"), "{text}");
    let trace = [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6];
    assert!(request.windows(trace.len()).any(|bytes| bytes == trace), "not its trace");
}

#[test]
fn spans_say_whose_they_are() {
    let resource = resource(&service());
    let of = |key: &'static str| resource.get(&key.into()).map(|value| value.to_string());

    assert_eq!(of("service.name").as_deref(), Some("test"));
    assert_eq!(of("service.version").as_deref(), Some("0"));
    assert_eq!(of("service.instance.id").as_deref(), Some("1"));
}

#[test]
fn a_collector_that_is_not_there_costs_nobody_anything() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut registry = Registry::default();
    let traces = Traces::to(&http(&free), &service(), &mut registry).unwrap();
    let exposition = Exposition::new(registry);

    spans(&traces, 100);
    traces.end(Duration::from_secs(10));

    assert_eq!(dropped(&exposition, "not_taken"), 100);
}

#[test]
fn a_collector_that_does_not_answer_fills_the_queue_and_no_more() {
    let (address, told) = collector(|stream, _| {
        thread::sleep(Duration::from_mins(1));
        drop(stream);
    });
    let mut registry = Registry::default();
    let traces = Traces::to(&http(&address), &service(), &mut registry).unwrap();
    let exposition = Exposition::new(registry);
    spans(&traces, BATCH);
    told.recv_timeout(Duration::from_secs(10)).unwrap();

    // Whoever waited for the collector here would wait for a minute.
    spans(&traces, WAITING + 500);

    assert_eq!(dropped(&exposition, "queue_full"), 500);
}

#[test]
fn a_collector_that_answers_nonsense_without_end_is_cut_off() {
    let (address, _told) = collector(|mut stream, _| {
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\r\n");
        let nonsense = vec![0xff; 65_536];
        // 64 MiB, if it is let.
        for _ in 0..1_024 {
            if stream.write_all(&nonsense).is_err() {
                return;
            }
        }
    });
    let mut registry = Registry::default();
    let traces = Traces::to(&http(&address), &service(), &mut registry).unwrap();
    let exposition = Exposition::new(registry);

    spans(&traces, 3);
    traces.end(Duration::from_secs(10));

    assert_eq!(dropped(&exposition, "not_taken"), 3);
}

#[test]
fn a_span_that_has_begun_can_be_renamed() {
    let (address, told) = collector(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    let mut registry = Registry::default();
    let traces = Traces::to(&http(&address), &service(), &mut registry).unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::dispatcher::with_default(&Dispatch::new(subscriber), || {
        let span = tracing::info_span!("request", otel.name = "GET");
        span.in_scope(|| rename(&tracing::Span::current(), "GET /farms/{id}".to_owned()));
    });
    traces.end(Duration::from_secs(5));

    let request = told.recv_timeout(Duration::from_secs(5)).unwrap();
    let text = String::from_utf8_lossy(&request);
    assert!(text.contains("GET /farms/{id}"), "{text}");
}

/// The `traceparent` by which whoever is called from this span learns of it.
fn told(span: &tracing::Span) -> String {
    let mut told = String::new();
    outgoing(span, |name, value| {
        if name == "traceparent" {
            told = value;
        }
    });
    told
}

/// The `traceparent` of an arrival's own span.
fn own(arrival: &Arrival) -> String {
    let Current { trace, span, is_sampled } = arrival.current();
    format!("00-{trace}-{span}-0{}", u8::from(is_sampled))
}

fn choosing(roots: Roots, heeds_parent: bool) -> Traces {
    let chosen = Sampling { roots, heeds_parent }.chosen();
    Traces::of(SdkTracerProvider::builder(), chosen)
}

/// Whether the trace of a request with this `traceparent`, if any, is kept.
fn is_kept(traces: &Traces, parent: &str) -> bool {
    from(traces, parent).is_kept()
}

const UNKEPT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

#[test]
fn a_request_has_a_trace_before_it_has_a_span_and_the_same_one_then() {
    for (roots, parent) in [
        (Roots::Every, ""),
        (Roots::None, ""),
        (Roots::Share(0.5), ""),
        (Roots::Every, UNKEPT),
        (Roots::None, PARENT),
    ] {
        let traces = choosing(roots, true);
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        tracing::dispatcher::with_default(&Dispatch::new(subscriber), || {
            let arrival = from(&traces, parent);
            let span = tracing::info_span!("request");
            arrival.begin(&span);

            assert_eq!(told(&span), own(&arrival), "{roots:?} {parent}");
            assert_eq!(is_sampled(&span), arrival.is_kept());
            let within = span.in_scope(|| tracing::info_span!("call"));
            let (trace, flags) = (&own(&arrival)[..36], &own(&arrival)[52..]);
            let (call, outside) = (told(&within), told(&tracing::info_span!("other")));
            assert!(call.starts_with(trace) && call.ends_with(flags), "{call}");
            assert_ne!(call, own(&arrival), "a span of its own");
            assert!(!outside.starts_with(trace), "another trace");
        });
    }
}

#[test]
fn what_a_caller_keeps_or_not_is_heeded_where_it_should_be() {
    let heeded = [(PARENT, Roots::None, true), (UNKEPT, Roots::Every, false)];
    for (parent, roots, kept) in heeded {
        assert_eq!(is_kept(&choosing(roots, true), parent), kept, "{roots:?}");
        assert_eq!(is_kept(&choosing(roots, false), parent), !kept, "{roots:?}, unheeded");
    }
    assert!(!is_kept(&Traces::off(), PARENT));
}

#[test]
fn a_share_is_chosen_by_the_trace() {
    let traces = choosing(Roots::Share(0.5), false);
    let high = "00-4bf92f3577b34da6ffffffffffffffff-00f067aa0ba902b7-01";
    let low = "00-4bf92f3577b34da60000000000000001-00f067aa0ba902b7-00";

    assert_eq!((is_kept(&traces, high), is_kept(&traces, low)), (false, true));
    let kept = (0..1_000).filter(|_| is_kept(&traces, "")).count();
    assert!((350..650).contains(&kept), "{kept}");
}

#[test]
fn a_request_is_chosen_once() {
    let traces = choosing(Roots::PerSecond(0.001), true);
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::dispatcher::with_default(&Dispatch::new(subscriber), || {
        let (first, second) = (from(&traces, ""), from(&traces, ""));
        assert_eq!((first.is_kept(), second.is_kept()), (true, false));

        for (arrival, kept) in [(second, false), (first, true)] {
            let span = tracing::info_span!("request");
            arrival.begin(&span);
            assert_eq!(is_sampled(&span), kept);
        }
    });
}

#[test]
fn headers_that_name_no_trace_begin_a_new_one() {
    for odd in [
        "",
        "00",
        "ก",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-zz",
    ] {
        let Current { trace, span, .. } = from(&Traces::off(), odd).current();
        assert_eq!((trace.len(), span.len()), (32, 16));
        assert_ne!(trace, "4bf92f3577b34da6a3ce929d0e0e4736", "{odd}");
    }
}

#[tokio::test]
async fn a_collector_may_be_spoken_to_over_grpc() {
    let (address, told) = collector(|stream, _| drop(stream));
    let collector = collector_at(&address, Protocol::Grpc);
    let mut registry = Registry::default();
    let traces = Traces::to(&collector, &service(), &mut registry).unwrap();

    spans(&traces, 1);
    let request =
        tokio::task::spawn_blocking(move || told.recv_timeout(Duration::from_secs(10)).unwrap());

    // HTTP/2 with prior knowledge.
    assert!(request.await.unwrap().starts_with(b"PRI * HTTP/2.0"));
}
