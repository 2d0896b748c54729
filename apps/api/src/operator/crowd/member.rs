//! One of a crowd, and what is hers.

use anyhow::Context as _;
use gacp_auth::{AuthError, Email, Registration};
use gacp_certifications::{ApplicationDraft, ApplicationFilter};
use gacp_farms::{Farm, FarmAction, FarmDraft, FarmFilter, FarmStatus, NoteDraft, PlotDraft};
use gacp_store::{AccountId, Actor, Attempt, Expected, PageRequest, Role, Target, Violations};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::compose::Workshop;

const REQUEST: &str = "crowd";

/// One of them, as a line says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    registration: Registration,
    farm: FarmDraft,
    plot: PlotDraft,
    /// Without the farm and the plot, which are not known before. Not everybody applies.
    application: Option<Map<String, Value>>,
}

pub(super) struct Maker<'a> {
    pub(super) workshop: &'a Workshop,
    pub(super) clock: &'a Clock,
}

impl Maker<'_> {
    /// Makes what is not there yet of a member. Whether she is new: nobody had her e-mail, phone or
    /// national ID. Who had one of them under another e-mail keeps it, and is left alone.
    pub(super) async fn make(&self, line: Line) -> anyhow::Result<bool> {
        let Line { registration, farm, plot, application } = line;
        let Some((id, is_new)) = self.account(registration).await? else { return Ok(false) };
        let owner = Actor { id, role: Role::Farmer };
        let there = if is_new { None } else { self.first_farm(owner).await? };
        let farm = match there {
            Some(farm) => farm,
            None => self.register(owner, farm).await?,
        };
        let farm = self.planted(owner, farm, plot).await?;
        let farm = self.reviewed(owner, farm).await?;
        if let Some(application) = application
            && farm.status() == FarmStatus::Approved
            && (is_new || !self.has_applied(owner).await?)
        {
            self.apply(owner, &farm, application).await?;
        }
        Ok(is_new)
    }

    /// Her account, and whether it is new; none if another has her phone or national ID.
    async fn account(&self, draft: Registration) -> anyhow::Result<Option<(AccountId, bool)>> {
        let email = draft.email.clone();
        let attempt = self.attempt(self.actor(Role::Farmer));
        match self.workshop.auth.register(&attempt, Violations::check(draft)).await {
            Ok(account) => Ok(Some((account.id(), true))),
            Err(AuthError::AccountExists) => {
                let email = Email::parse(&email).context("an e-mail is none")?;
                let known = self.workshop.stores.accounts.find_by_email(&email).await?;
                Ok(known.map(|account| (account.id(), false)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn first_farm(&self, owner: Actor) -> anyhow::Result<Option<Farm>> {
        let (all, page) = (FarmFilter::default(), PageRequest::first(1));
        Ok(self.workshop.farms.list(owner, all, &page).await?.items.into_iter().next())
    }

    async fn register(&self, owner: Actor, draft: FarmDraft) -> anyhow::Result<Farm> {
        let draft = Violations::check(draft);
        Ok(self.workshop.farms.register(&self.attempt(owner), draft).await?)
    }

    async fn planted(&self, owner: Actor, farm: Farm, plot: PlotDraft) -> anyhow::Result<Farm> {
        if !farm.plots().is_empty() {
            return Ok(farm);
        }
        let (plot, target) = (Violations::check(plot), any(&farm));
        Ok(self.workshop.farms.add_plot(&self.attempt(owner), &target, plot).await?)
    }

    /// Takes a farm through its review, from wherever it stands in it.
    async fn reviewed(&self, owner: Actor, mut farm: Farm) -> anyhow::Result<Farm> {
        loop {
            let (by, action) = match farm.status() {
                FarmStatus::Draft => (owner, FarmAction::Submit),
                FarmStatus::PendingReview => (self.actor(Role::Reviewer), FarmAction::StartReview),
                FarmStatus::UnderReview => (self.actor(Role::Approver), FarmAction::Approve),
                _ => return Ok(farm),
            };
            let (note, target) = (Violations::check(NoteDraft { comment: None }), any(&farm));
            farm = self.workshop.farms.act(&self.attempt(by), &target, action, note).await?;
        }
    }

    async fn has_applied(&self, owner: Actor) -> anyhow::Result<bool> {
        let (all, page) = (ApplicationFilter::default(), PageRequest::first(1));
        let certifications = &self.workshop.certifications;
        let listing = certifications.list(owner, &all, &page, self.clock.now()).await?;
        Ok(!listing.page.items.is_empty())
    }

    async fn apply(
        &self,
        owner: Actor,
        farm: &Farm,
        application: Map<String, Value>,
    ) -> anyhow::Result<()> {
        let draft = Violations::check(filled(application, farm)?);
        self.workshop.certifications.open(&self.attempt(owner), draft).await?;
        Ok(())
    }

    fn actor(&self, role: Role) -> Actor {
        Actor { id: AccountId::at(self.clock.now()), role }
    }

    fn attempt<T>(&self, by: Actor) -> Attempt<'static, T> {
        Attempt { by, at: self.clock.now(), request_id: REQUEST, once: None }
    }
}

fn any(farm: &Farm) -> Target<gacp_farms::FarmId> {
    Target { id: farm.id(), expected: Expected::Any }
}

fn filled(mut application: Map<String, Value>, farm: &Farm) -> anyhow::Result<ApplicationDraft> {
    let plots: Vec<String> = farm.plots().iter().map(|plot| plot.id().to_string()).collect();
    application.insert("farmId".to_owned(), farm.id().to_string().into());
    application.insert("plotIds".to_owned(), plots.into());
    serde_json::from_value(Value::Object(application)).context("an application is not as expected")
}
