//! Makes certificates as they are made in earnest: over HTTP, application by application, signed.

use std::sync::Arc;

use anyhow::Result;
use tokio::task::JoinSet;

use super::pair::Pair;
use crate::bodies::{CELLS, Corner};
use crate::client::Api;
use crate::office::{self, Office};
use crate::people::{Registration, User};

/// So many are made at once. Each has a farm, as a farm has one application at a time.
const AT_ONCE: u32 = 8;

/// Some of the certificates of a drill.
#[derive(Clone, Copy)]
pub(super) struct Batch {
    pub(super) nth: u32,
    pub(super) many: u32,
}

/// What was made, and the access token of somebody who may revoke it.
pub(super) struct Made {
    pub(super) numbers: Vec<String>,
    pub(super) approver: String,
}

/// Makes a batch. Everybody logs in for it: tokens live for a quarter of an hour.
pub(super) async fn make(pair: &Pair, farmer: &Registration, batch: Batch) -> Result<Made> {
    let api = Api::new(pair.base())?;
    let office = Arc::new(Office::open(&api).await?);
    let farmer = Arc::new(User::log_in(&api, farmer.credentials()).await?);
    let mut making = JoinSet::new();
    for maker in 0..AT_ONCE {
        let many = (maker..batch.many).step_by(usize::try_from(AT_ONCE)?).count();
        let cell = (batch.nth * AT_ONCE + maker) % CELLS;
        let (office, farmer) = (Arc::clone(&office), Arc::clone(&farmer));
        making.spawn(async move { some(&office, &farmer, (maker, cell), many).await });
    }
    let mut numbers = Vec::new();
    while let Some(some) = making.join_next().await {
        numbers.extend(some??);
    }
    Ok(Made { numbers, approver: office.staff.approver.access.clone() })
}

/// Makes so many for a new farm in this cell, one after another.
async fn some(
    office: &Office,
    farmer: &User,
    (maker, cell): (u32, u32),
    many: usize,
) -> Result<Vec<String>> {
    let mut numbers = Vec::new();
    if many == 0 {
        return Ok(numbers);
    }
    let farm = office.farm(farmer, &format!("สวนขมิ้นชัน {cell}"), Corner::of_cell(cell)).await?;
    for _certificate in 0..many {
        let path = format!("/api/certifications/{}", office::apply(farmer, &farm).await?);
        office.submit(farmer, &path).await?;
        numbers.push(office.certify(&path, maker).await?);
    }
    Ok(numbers)
}
