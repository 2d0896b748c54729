//! The adapter of one process keeps the contract of its port, and so does the model.

use std::sync::Arc;

use gacp_cache::contract::Model;
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
