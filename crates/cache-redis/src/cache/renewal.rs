//! The end of entries, also of those that could not be ended when it was due.

use gacp_cache::{Tags, Unavailable};

use super::payload::{epoch, millis};
use super::{Shared, TAG, listener, nonce, unavailable};

impl Shared {
    /// Makes up for invalidations that could not be made. Whoever finds somebody at it does without
    /// the cache.
    pub(super) async fn pay(&self) -> Result<(), Unavailable> {
        let _paying = self.paying.try_lock().map_err(|busy| Unavailable(busy.into()))?;
        while let Some(bill) = self.debts.bill() {
            self.renew(&bill.tags, None).await?;
            self.debts.paid(&bill);
        }
        Ok(())
    }

    /// Gives tags a fresh epoch, and takes a mark away.
    pub(super) async fn renew(&self, tags: &Tags, mark: Option<u64>) -> Result<(), Unavailable> {
        let (mut lent, names) = self.lend()?;
        let mut script = self.scripts.settle.prepare_invoke();
        for tag in tags.iter() {
            script.key(names.tag(tag));
        }
        let mark = mark.map_or_else(Vec::new, |mark| epoch(mark).to_vec());
        script.arg(mark).arg(&epoch(nonce()?)[..]).arg(millis(TAG));
        script.arg(&self.channel).arg(listener::message(tags));
        self.redis.run::<()>(&mut lent, &script).await.map_err(unavailable)?;
        self.generations.raise(tags);
        Ok(())
    }

    /// The same; what cannot be done is owed.
    pub(super) async fn renew_or_owe(
        &self,
        tags: &Tags,
        mark: Option<u64>,
    ) -> Result<(), Unavailable> {
        let renewed = self.renew(tags, mark).await;
        if renewed.is_err() {
            self.debts.owe(tags);
        }
        renewed
    }
}
