//! The cache that everybody writes first, on Redis: GET, SETEX, DEL.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::AsyncCommands;
use deadpool_redis::redis::aio::MultiplexedConnection;
use gacp_cache::{
    Begun, Cache, Committed, Consistency, Doubt, Entry, Epochs, Fill, Found, Invalidations, Key,
    Life, Lookup, Tag, Tags, Unavailable,
};

use crate::{address, connection};

/// Deletes what is written. Each key has one tag; the entry stands at the tag.
pub(crate) struct DeleteOnWrite {
    connection: MultiplexedConnection,
    name: String,
}

impl DeleteOnWrite {
    pub(crate) async fn of_name(name: &str) -> Self {
        let connection = connection(&address()).await;
        Self { connection, name: name.to_owned() }
    }

    fn place(&self, tags: &Tags) -> String {
        let first: Vec<&Tag> = tags.iter().collect();
        format!("gacp:cache:{}:{:?}", self.name, first)
    }

    async fn delete(&self, tags: &Tags) {
        let _deleted: u32 = self.connection.clone().del(self.place(tags)).await.unwrap();
    }
}

#[async_trait]
impl Cache for DeleteOnWrite {
    async fn get(&self, _: &Key, tags: &Tags, _: Consistency) -> Result<Lookup, Unavailable> {
        let body: Option<String> = self.connection.clone().get(self.place(tags)).await.unwrap();
        let Some(body) = body else { return Ok(Lookup::Missing(None)) };
        let entry = Arc::new(Entry::new(200, "text/plain", "\"\"", body).unwrap());
        let (epochs, age) = (Epochs::from_iter([]), Duration::ZERO);
        let life = Life { soft: Duration::MAX, hard: Duration::MAX };
        Ok(Lookup::Found(Found { entry, epochs, age, life }))
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        let epochs = Epochs::from_iter([]);
        let fill = Fill { key: *key, tags: tags.clone(), epochs, lease: 0 };
        Ok(Begun::Leased { fill, filled: false })
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        _: Life,
    ) -> Result<Committed, Unavailable> {
        let (place, body) = (self.place(&fill.tags), entry.body().to_vec());
        self.connection.clone().set_ex::<_, _, ()>(place, body, 60).await.unwrap();
        Ok(Committed::Stored)
    }

    async fn abandon(&self, _: Fill) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn doubt(&self, tags: &Tags, _: Duration) -> Result<Doubt, Unavailable> {
        Ok(Doubt { tags: tags.clone(), mark: 0 })
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.delete(&doubt.tags).await;
        Ok(())
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.delete(tags).await;
        Ok(())
    }

    fn subscribe(&self) -> Invalidations {
        Invalidations::none()
    }
}
