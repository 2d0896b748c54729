use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus_client::registry::Registry;
use proptest::prelude::*;
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::redact::redact;
use super::{Batched, Context, Json, Readable, along};
use crate::traces::{Arrival, Traces};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written by whatever logs to the subscriber that is made of the log.
fn written<S>(subscriber: impl FnOnce(Batched) -> S, work: impl FnOnce()) -> String
where
    S: Subscriber + Send + Sync + 'static,
{
    let (out, patience) = (Written::default(), Duration::from_mins(1));
    let (log, writing) = Batched::to(out.clone(), patience, &mut Registry::default()).unwrap();
    tracing::subscriber::with_default(subscriber(log), work);
    drop(writing);
    String::from_utf8(out.0.lock().unwrap().clone()).unwrap()
}

fn logged(work: impl FnOnce()) -> Vec<Value> {
    let subscriber =
        |log| tracing_subscriber::registry().with(Traces::off().layer()).with(Json::new(log));
    let text = written(subscriber, work);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_event_is_a_line_with_its_fields_as_they_are() {
    let lines = logged(|| tracing::info!(status = 200, took = 1.5, cached = true, "done"));

    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["message"], "done");
    assert_eq!(
        (&line["status"], &line["took"], &line["cached"]),
        (&200.into(), &1.5.into(), &true.into())
    );
    assert_eq!((&line["level"], line["target"].as_str()), (&"INFO".into(), Some(module_path!())));
    assert!(line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn arrived(traces: &Traces) -> Arrival {
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    traces.arrival(|name| (name == "traceparent").then_some(parent.as_str()))
}

#[test]
fn a_line_of_a_request_has_its_id_and_its_trace_without_a_span() {
    let arrival = arrived(&Traces::off());
    let context = Context::of("request_id", "r-1").within(&arrival);

    let lines = logged(|| {
        context.enter(|| tracing::warn!("inside"));
        tracing::warn!("outside");
    });

    let [inside, outside] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&inside["request_id"], &inside["trace_id"]), (&"r-1".into(), &TRACE.into()));
    assert_eq!(inside["span_id"], arrival.current().span);
    for name in ["request_id", "trace_id", "span_id"] {
        assert_eq!(outside.get(name), None, "{name}");
    }
}

#[test]
fn a_line_in_a_span_of_a_request_is_placed_there() {
    let traces = Traces::off();
    let arrival = arrived(&traces);
    let context = Context::of("request_id", "r-1").within(&arrival);

    let lines = logged(|| {
        let request = tracing::info_span!("request", secret = "no");
        arrival.begin(&request);
        context.enter(|| {
            let _request = request.entered();
            tracing::warn!("in its own");
            let _call = tracing::info_span!("call").entered();
            tracing::warn!("in one within");
        });
    });

    let [own, within] = &lines[..] else { panic!("{lines:?}") };
    for line in [own, within] {
        assert_eq!((&line["request_id"], &line["trace_id"]), (&"r-1".into(), &TRACE.into()));
        assert_eq!(line.get("secret"), None);
    }
    assert_eq!(own["span_id"], arrival.current().span);
    assert_ne!(within["span_id"], own["span_id"]);
    assert_eq!(within["span_id"].as_str().map(str::len), Some(16));
}

#[test]
fn what_is_not_logged_of_spans_takes_no_id_from_a_line() {
    let arrival = arrived(&Traces::off());
    let subscriber = |log| {
        let log = Json::new(log).with_filter(LevelFilter::WARN);
        tracing_subscriber::registry().with(Traces::off().layer()).with(log)
    };

    let text = written(subscriber, || {
        let request = tracing::info_span!("request");
        arrival.begin(&request);
        let context = Context::of("request_id", "r-1").within(&arrival);
        context.enter(|| request.in_scope(|| tracing::warn!("said")));
    });

    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&line["request_id"], &line["trace_id"]), (&"r-1".into(), &TRACE.into()));
}

#[test]
fn the_id_of_a_line_goes_along_with_its_task() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let lines = logged(|| {
        runtime.block_on(async {
            let request = |id: &'static str| {
                Context::of("request_id", id).scope(async move {
                    tokio::task::yield_now().await;
                    tracing::info!(id, "its own");
                    let along = tokio::spawn(along(async move { tracing::info!(id, "along") }));
                    along.await.unwrap();
                    let _ = tokio::spawn(async { tracing::info!("alone") }).await;
                })
            };
            tokio::join!(request("r-1"), request("r-2"));
        });
    });

    assert_eq!(lines.len(), 6);
    for line in &lines {
        assert_eq!(line.get("request_id"), line.get("id"), "{line}");
    }
}

#[test]
fn people_read_the_id_of_a_line_before_it() {
    let subscriber = |log| {
        let format = tracing_subscriber::fmt::layer().with_ansi(false).without_time();
        let format = format.map_event_format(Readable).with_writer(log);
        tracing_subscriber::registry().with(format)
    };

    let text = written(subscriber, || {
        Context::of("request_id", "r-1").enter(|| tracing::info!("inside"));
        tracing::info!("outside");
    });

    let target = module_path!();
    assert_eq!(text, format!("request_id=r-1\n INFO {target}: inside\n INFO {target}: outside\n"));
}

#[test]
fn what_must_not_be_kept_is_taken_out() {
    for (line, kept) in [
        ("somchai.j+farm@example.co.th failed", "[redacted] failed"),
        ("duplicate key { email: \"ก@ตัวอย่าง.ไทย\" }", "duplicate key { email: \"[redacted]\" }"),
        ("id 1101700230708.", "id [redacted]."),
        ("id 1-1017-00230-70-8, wrong", "id [redacted], wrong"),
        ("id 1 1017 00230 70 8", "id [redacted]"),
        (r#"refused: {"id":1101700230708,"n":1}"#, r#"refused: {"id":[redacted],"n":1}"#),
        ("Authorization: Bearer abc", "Authorization: Bearer [redacted]"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI3In0.c2ln in a header", "[redacted] in a header"),
        ("mongodb://gacp:hunter2@db:27017/x", "mongodb://gacp:[redacted]:27017/x"),
    ] {
        assert_eq!(redact(line), kept, "{line}");
    }
}

#[test]
fn what_an_operator_needs_stays() {
    for line in [
        r#"{"duration_ms":2.1234567890123,"request_id":"0193e5f0-7c1a-7e9d-a3c2-1f2e3d4c5b6a"}"#,
        r#"{"at":"2026-11-26T08:00:00.123456Z"}"#,
        "127.0.0.1:27017 refused, 12 of 1000 tried, 0812345678",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736, certificate GACP-2569-000123-4",
        "eyJ is short",
        "a bearer of news",
    ] {
        if line.contains("bearer of") {
            // The word after it goes, too: the last net catches too much rather than too little.
            assert_eq!(redact(line), "a bearer [redacted] news");
        } else {
            assert_eq!(redact(line), line);
        }
    }
}

#[test]
fn a_line_stays_json_whatever_is_taken_out_of_it() {
    let lines = logged(|| {
        tracing::error!(
            error = "duplicate: a\"b@example.org, Bearer \"x\"",
            id = 1_101_700_230_708_u64,
            "1101700230708"
        );
    });

    assert_eq!(lines[0]["message"], "[redacted]");
    assert_eq!(lines[0]["id"], 1_101_700_230_708_u64);
}

proptest! {
    #[test]
    fn no_national_id_passes_in_words(
        before in "[a-zก-ฮ ,:;(]{0,12}",
        digits in "[0-9]{13}",
        after in "[,;) ][a-z ]{0,8}",
    ) {
        // Digits before it would make another number of it.
        let line = format!("{before} {digits}{after}");
        prop_assert!(!redact(&line).contains(&digits), "{}", redact(&line));
    }

    #[test]
    fn any_text_is_taken(line in ".{0,200}") {
        let once = redact(&line).into_owned();
        let twice = redact(&once).into_owned();
        prop_assert_eq!(once, twice);
    }
}

#[test]
fn fields_stand_in_the_order_in_which_they_are_said_and_none_twice() {
    let subscriber = |log| tracing_subscriber::registry().with(Json::new(log));
    let text = written(subscriber, || {
        Context::of("request_id", "outer").enter(|| {
            tracing::info!(zone = f64::NAN, level = "mine", request_id = "a\n\"b\"", "said");
        });
    });

    let (_, said) = text.split_once("\"level\":").unwrap();
    let said = said.replace(&format!("\"{}\"", module_path!()), "…");
    assert_eq!(
        said,
        "\"INFO\",\"target\":…,\"message\":\"said\",\"zone\":null,\"request_id\":\"a\\n\\\"b\\\"\"}\n"
    );
}

#[test]
fn lines_that_are_ready_are_redacted_too() {
    let subscriber = |log| {
        let pretty = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log);
        tracing_subscriber::registry().with(pretty)
    };
    let text = written(subscriber, || tracing::error!(who = "a@example.org", "failed"));

    assert!(text.contains("failed") && text.contains("[redacted]"), "{text}");
    assert!(!text.contains("example.org"), "{text}");
}
