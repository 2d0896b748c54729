//! What binds a farm.

use async_trait::async_trait;
use gacp_certifications::CertificateFilter;
use gacp_farms::{FarmId, FarmObligations};
use gacp_store::StoreError;
use jiff::Timestamp;
use rusqlite::params;

use crate::Sqlite;
use crate::document::micros;

/// Whether a farm has an application that can still go on, or a certificate that is valid.
pub(crate) const HAS_LIVE_WORK: &str = "\
    SELECT EXISTS (SELECT 1 FROM applications WHERE farm_id = ?1 AND live = 1 \
                   AND (expires_at IS NULL OR expires_at > ?2)) \
        OR EXISTS (SELECT 1 FROM certificates WHERE farm_id = ?1 AND valid_until >= ?3 \
                   AND (revoked_at IS NULL OR revoked_at > ?2))";

#[async_trait]
impl FarmObligations for Sqlite {
    async fn has_live_work(&self, farm: FarmId, now: Timestamp) -> Result<bool, StoreError> {
        let today = CertificateFilter::at(now).today().to_string();
        self.store
            .read(move |connection| {
                let mut statement = connection.prepare_cached(HAS_LIVE_WORK)?;
                let params = params![farm.uuid(), micros(now), today];
                Ok(statement.query_one(params, |row| row.get(0))?)
            })
            .await
    }
}
