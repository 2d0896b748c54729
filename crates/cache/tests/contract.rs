//! The adapter of one process keeps the contract of its port, and so does the model.

use std::sync::Arc;

use gacp_cache::contract::race::{InMemory, Process, Tally};
use gacp_cache::contract::{DeleteOnWrite, Model};
use gacp_cache::{Cache, InProcess};

mod in_process {
    use super::{Arc, Cache, InProcess};

    async fn fresh() -> Arc<dyn Cache> {
        Arc::new(InProcess::of_bytes(8 << 20))
    }

    gacp_cache::cache_contract!(fresh);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_survives_the_race() {
    let model: Arc<dyn Cache> = Arc::new(Model::default());
    gacp_cache::contract::of_many_at_once_nobody_reads_what_an_acknowledged_write_replaced(model)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_deletes_what_is_written_does_not() {
    let naive = Arc::new(DeleteOnWrite::default());
    let process = Process::new(naive, Arc::new(InMemory::of(8)), Arc::new(()));
    let tasks: Vec<_> = (0..32)
        .map(|seed| {
            let process = process.clone();
            tokio::spawn(async move { process.run(seed, 1_000).await })
        })
        .collect();
    let mut total = Tally::default();
    for task in tasks {
        total = total.and(task.await.unwrap());
    }

    assert!(total.stale > 0, "{total:?}");
}
