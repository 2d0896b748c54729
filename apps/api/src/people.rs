//! What certifications ask about accounts, answered by `gacp-auth`.

use async_trait::async_trait;
use gacp_auth::Auth;
use gacp_certifications::People;
use gacp_store::{AccountId, StoreError};

/// The accounts, as certifications see them.
pub(crate) struct Directory(pub(crate) Auth);

#[async_trait]
impl People for Directory {
    async fn public_name(&self, account: AccountId) -> Result<Option<String>, StoreError> {
        self.0.find_name(account).await
    }

    async fn is_active_inspector(&self, account: AccountId) -> Result<bool, StoreError> {
        self.0.is_active_inspector(account).await
    }
}
