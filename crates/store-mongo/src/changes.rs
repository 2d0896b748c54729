//! What is written to the database, by whomever.

use std::time::Duration;

use gacp_auth::SessionId;
use gacp_certifications::{ApplicationId, CertificateNumber};
use gacp_farms::FarmId;
use gacp_store::AccountId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken;
use mongodb::error::Error;
use mongodb::options::FullDocumentType;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::Mongo;
use crate::accounts::ACCOUNTS;
use crate::applications::APPLICATIONS;
use crate::certificates::CERTIFICATES;
use crate::document::stored_uuid;
use crate::farms::FARMS;
use crate::sessions::SESSIONS;

/// Between two attempts at watching a database that is out.
const PAUSE: Duration = Duration::from_secs(1);

/// A record that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// An account.
    Account(AccountId),
    /// A session.
    Session(SessionId),
    /// A farm of an account.
    Farm(FarmId, AccountId),
    /// An application of an account.
    Application(ApplicationId, AccountId),
    /// A certificate.
    Certificate(CertificateNumber),
    /// Any of them, or all: at the beginning, and where it is not known what was missed.
    Anything,
}

/// Somebody who watches a database; dropped, he does so no longer.
#[derive(Debug)]
pub struct Watcher(JoinHandle<()>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Mongo {
    /// Tells of every record that is written from now on, by whatever process, through MongoDB's
    /// change stream: usually within milliseconds. It goes on where it was interrupted, and where
    /// that cannot be, [`Changed::Anything`] may have changed. An outage is waited out.
    pub fn watch<H, F>(&self, hear: H) -> Watcher
    where
        H: Fn(Changed) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send,
    {
        let store = self.clone();
        Watcher(tokio::spawn(async move {
            let mut place = None;
            loop {
                match store.follow(&mut place, &hear).await {
                    // Nothing can be gone on from: the next begins anew.
                    Ok(()) => place = None,
                    Err(error) => tracing::warn!(%error, "the database cannot be watched"),
                }
                sleep(PAUSE).await;
            }
        }))
    }

    /// Hears what there is to hear until the stream ends, as it does when the database is dropped.
    async fn follow<H, F>(&self, place: &mut Option<ResumeToken>, hear: &H) -> Result<(), Error>
    where
        H: Fn(Changed) -> F + Sync,
        F: Future<Output = ()> + Send,
    {
        let watch = self.database.watch().pipeline(pipeline());
        let watch = watch.full_document(FullDocumentType::UpdateLookup);
        // Taken: a place that cannot be gone back to is tried once.
        let from = place.take();
        let is_new = from.is_none();
        let stream = match from {
            Some(from) => watch.resume_after(from).await?,
            None => watch.await?,
        };
        let mut stream: ChangeStream<Document> = stream.with_type();
        if is_new {
            hear(Changed::Anything).await;
        }
        // One that has ended gives nothing, at once, for ever.
        while stream.is_alive() {
            let event = stream.next_if_any().await;
            if let Ok(Some(event)) = &event {
                hear(Changed::of(event)).await;
            }
            *place = stream.resume_token();
            event?;
        }
        Ok(())
    }
}

/// Only what a record's name is made of leaves the server.
fn pipeline() -> [Document; 2] {
    let collections = [ACCOUNTS, SESSIONS, FARMS, APPLICATIONS, CERTIFICATES];
    [
        doc! { "$match": { "$or": [
            { "ns.coll": { "$in": collections.to_vec() } },
            { "operationType": { "$in": ["dropDatabase", "invalidate"] } },
        ] } },
        doc! { "$project": {
            "operationType": 1, "ns": 1, "documentKey": 1,
            "fullDocument.owner": 1, "fullDocument.number": 1,
        } },
    ]
}

impl Changed {
    /// What an event tells of; anything, where it is another than the usual ones.
    fn of(event: &Document) -> Self {
        Self::named(event).unwrap_or(Self::Anything)
    }

    fn named(event: &Document) -> Option<Self> {
        let collection = event.get_document("ns").ok()?.get_str("coll").ok()?;
        let id = || uuid(event, "documentKey", "_id");
        let owner = || Some(AccountId::from(uuid(event, "fullDocument", "owner")?));
        Some(match collection {
            ACCOUNTS => Self::Account(id()?.into()),
            SESSIONS => Self::Session(id()?.into()),
            FARMS => Self::Farm(id()?.into(), owner()?),
            APPLICATIONS => Self::Application(id()?.into(), owner()?),
            CERTIFICATES => {
                let number = event.get_document("fullDocument").ok()?.get_str("number").ok()?;
                Self::Certificate(CertificateNumber::parse(number).ok()?)
            }
            _ => return None,
        })
    }
}

fn uuid(event: &Document, part: &str, field: &str) -> Option<Uuid> {
    event.get_document(part).ok()?.get(field).and_then(|id: &Bson| stored_uuid(id))
}
