//! Accounts, tokens and sessions as clients see them.

use gacp_auth::{Account, AccountStatus, Address, Login, Profile, Session, SessionId, Tokens};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Who somebody is, in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Email)]
    email: String,
    full_name: String,
    role: &'static str,
}

/// An account after registration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    #[serde(flatten)]
    user: UserView,
    email_verified: bool,
    status: AccountStatus,
    version: u64,
}

/// Access and refresh token of one session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokensView {
    /// Sent as `Authorization: Bearer …`.
    access_token: String,
    /// Good for one call of `/api/auth/refresh`.
    refresh_token: String,
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: u64,
}

/// The reply to a login.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginView {
    tokens: TokensView,
    user: UserView,
    /// Sent back as header `X-Device-Token` by clients that keep no cookies.
    device_token: String,
}

/// The reply to a refresh.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefreshView {
    tokens: TokensView,
}

/// An account as its holder sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileView {
    #[serde(flatten)]
    user: UserView,
    email_verified: bool,
    phone: Option<String>,
    /// All but the last four digits are hidden.
    #[schema(examples("•••••••••0121"))]
    national_id: Option<String>,
    #[schema(value_type = Option<gacp_auth::AddressDraft>)]
    address: Option<Address>,
    status: AccountStatus,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login_at: Option<Timestamp>,
    version: u64,
}

/// A session of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView {
    #[schema(format = Uuid)]
    id: String,
    /// What the device called its software.
    device: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// Whether this request came by it.
    current: bool,
}

impl From<&Account> for UserView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id().to_string(),
            email: account.email().to_string(),
            full_name: account.full_name().to_owned(),
            role: account.role().as_str(),
        }
    }
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            user: account.into(),
            email_verified: account.is_email_verified(),
            status: account.status(),
            version: account.revision().get(),
        }
    }
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
        }
    }
}

impl From<Tokens> for RefreshView {
    fn from(tokens: Tokens) -> Self {
        Self { tokens: tokens.into() }
    }
}

impl From<Login> for LoginView {
    fn from(login: Login) -> Self {
        Self {
            user: (&login.account).into(),
            tokens: login.tokens.into(),
            device_token: login.device_token,
        }
    }
}

impl ProfileView {
    pub(crate) fn of(profile: &Profile) -> Self {
        let account = &profile.account;
        let masked = |last4: &str| format!("•••••••••{last4}");
        Self {
            user: account.into(),
            email_verified: account.is_email_verified(),
            phone: account.phone().map(ToString::to_string),
            national_id: account.national_id().map(|id| masked(&id.last4)),
            address: account.address().cloned(),
            status: account.status(),
            created_at: account.created_at(),
            last_login_at: profile.last_login_at,
            version: account.revision().get(),
        }
    }
}

impl SessionView {
    pub(crate) fn of(session: &Session, current: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            device: session.user_agent.clone(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            current: session.id == current,
        }
    }
}
