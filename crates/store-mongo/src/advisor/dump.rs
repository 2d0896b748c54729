//! Everything that is stored, as text.

use gacp_store::StoreError;
use mongodb::bson::Document;

use crate::Mongo;
use crate::catalogue::collections;
use crate::reading::current;

impl Mongo {
    /// Every document of every collection as extended JSON: for whoever looks for what must not
    /// be there. It reads the whole database into memory.
    pub async fn dump(&self) -> Result<Vec<String>, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            let mut texts = Vec::new();
            for collection in collections() {
                let stored = mongo.collection(collection.name);
                let mut cursor = stored.find(Document::new()).await?;
                while cursor.advance().await? {
                    texts.push(current(&cursor)?.to_string());
                }
            }
            Ok(texts)
        })
        .await
    }
}
