//! A queue whose length is known, and what does not get through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};

use crate::dropped::{Dropped, Reason};

/// How many spans wait.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    waiting: Arc<AtomicUsize>,
    places: usize,
}

impl Queue {
    pub(super) fn of(places: usize) -> Self {
        Self { waiting: Arc::default(), places }
    }

    fn enter(&self) -> bool {
        let enter = |waiting| (waiting < self.places).then_some(waiting + 1);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, enter).is_ok()
    }

    fn leave(&self, spans: usize) {
        let leave = |waiting: usize| Some(waiting.saturating_sub(spans));
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, leave);
    }
}

/// Batches behind a queue that counts whom it has no place for.
#[derive(Debug)]
pub(super) struct Bounded {
    batches: BatchSpanProcessor,
    queue: Queue,
    dropped: Dropped,
}

impl Bounded {
    pub(super) fn new(batches: BatchSpanProcessor, queue: Queue, dropped: Dropped) -> Self {
        Self { batches, queue, dropped }
    }
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if self.queue.enter() {
            self.batches.on_end(span);
        } else {
            self.dropped.add(Reason::QueueFull, 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// An exporter that counts what is not taken, and says so once when that begins and when it ends.
#[derive(Debug)]
pub(super) struct Counted<E> {
    exporter: E,
    queue: Queue,
    dropped: Dropped,
    fails: AtomicBool,
}

impl<E> Counted<E> {
    pub(super) fn new(exporter: E, queue: Queue, dropped: Dropped) -> Self {
        Self { exporter, queue, dropped, fails: AtomicBool::new(false) }
    }
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        self.queue.leave(spans);
        let sent = self.exporter.export(batch).await;
        let failed = sent.is_err();
        if failed {
            self.dropped.add(Reason::NotTaken, spans);
        }
        match (self.fails.swap(failed, Ordering::Relaxed), &sent) {
            (false, Err(error)) => tracing::warn!(%error, "the collector takes no spans"),
            (true, Ok(())) => tracing::info!("the collector takes spans again"),
            _ => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
