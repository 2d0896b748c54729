//! The JSON shapes of replies: what each record shows to whom.

pub(crate) mod account;
pub(crate) mod application;
pub(crate) mod certificate;
pub(crate) mod farm;
pub(crate) mod history;
pub(crate) mod security;

pub(crate) use account::{AccountView, LoginView, ProfileView, RefreshView, SessionView};
pub(crate) use application::{ApplicationView, PaymentView};
pub(crate) use certificate::{CertificateView, VerificationView};
pub(crate) use farm::{FarmView, NearFarmView, PlotView};
pub(crate) use history::HistoryView;
pub(crate) use security::{AuditView, LoginAttemptView};
