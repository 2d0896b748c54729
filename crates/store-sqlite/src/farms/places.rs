//! Where plots lie: an R*Tree of their boxes, kept in step with the farms' documents.

use std::collections::{HashMap, HashSet};

use gacp_farms::{Boundary, Bounds, Farm, FarmStatus, PlotOutline};
use gacp_store::AccountId;
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

use crate::document::{document, parse};
use crate::engine::Failure;

/// Plots of other owners whose box, rounded outwards, meets another.
pub(crate) const WITHIN: &str = "\
    SELECT plots.id, plots.boundary, plots.farm_id, farms.owner_id \
    FROM plot_bounds \
    JOIN plots ON plots.box = plot_bounds.box \
    JOIN farms ON farms.id = plots.farm_id \
    WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? \
      AND farms.owner_id <> ?";

/// Brings the stored plots of a farm in line with its document. Plots that are as they were are
/// left alone: a farm can hold megabytes of boundaries, and most changes concern none of them.
pub(super) fn write(transaction: &Transaction<'_>, farm: &Farm) -> Result<(), Failure> {
    let mut boundaries = HashMap::new();
    for plot in farm.plots() {
        boundaries.insert(plot.id().uuid(), document(plot.boundary())?);
    }
    let kept = keep(transaction, farm, &boundaries)?;
    for plot in farm.plots().iter().filter(|plot| !kept.contains(&plot.id().uuid())) {
        transaction
            .prepare_cached("INSERT INTO plots (id, farm_id, crop, boundary) VALUES (?, ?, ?, ?)")?
            .execute(params![
                plot.id().uuid(),
                farm.id().uuid(),
                plot.crop().as_str(),
                boundaries.get(&plot.id().uuid()),
            ])?;
        place(transaction, transaction.last_insert_rowid(), &plot.boundary().bounds())?;
    }
    if farm.status() == FarmStatus::Archived {
        unplace(transaction, farm)?;
    }
    Ok(())
}

/// Removes the stored plots of a farm that are not in its document as they are; says which stay.
fn keep(
    transaction: &Transaction<'_>,
    farm: &Farm,
    boundaries: &HashMap<Uuid, String>,
) -> Result<HashSet<Uuid>, Failure> {
    let mut kept = HashSet::new();
    let mut stored = transaction
        .prepare_cached("SELECT box, id, crop, boundary FROM plots WHERE farm_id = ?")?;
    let mut rows = stored.query([farm.id().uuid()])?;
    let mut gone: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: Uuid = row.get(1)?;
        let (crop, boundary): (String, String) = (row.get(2)?, row.get(3)?);
        let same_crop = farm.plot(id.into()).is_some_and(|plot| plot.crop().as_str() == crop);
        if same_crop && boundaries.get(&id) == Some(&boundary) {
            kept.insert(id);
        } else {
            gone.push(row.get(0)?);
        }
    }
    for number in gone {
        transaction.prepare_cached("DELETE FROM plot_bounds WHERE box = ?")?.execute([number])?;
        transaction.prepare_cached("DELETE FROM plots WHERE box = ?")?.execute([number])?;
    }
    Ok(kept)
}

/// Takes the boxes of a farm away, for good: nothing leads out of the archive.
fn unplace(transaction: &Transaction<'_>, farm: &Farm) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "DELETE FROM plot_bounds WHERE box IN (SELECT box FROM plots WHERE farm_id = ?)",
        )?
        .execute([farm.id().uuid()])?;
    Ok(())
}

fn place(transaction: &Transaction<'_>, number: i64, bounds: &Bounds) -> Result<(), Failure> {
    let Bounds { west, south, east, north } = bounds;
    transaction
        .prepare_cached(
            "INSERT INTO plot_bounds (box, west, east, south, north) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![number, west, east, south, north])?;
    Ok(())
}

/// At most `limit` plots of other owners whose box meets another.
pub(super) fn within(
    connection: &Connection,
    owner: AccountId,
    bounds: &Bounds,
    limit: usize,
) -> Result<Vec<PlotOutline>, Failure> {
    let Bounds { west, south, east, north } = *bounds;
    let mut statement = connection.prepare_cached(WITHIN)?;
    let found =
        statement.query_and_then(params![east, west, north, south, owner.uuid()], outline)?;
    let exact = found.filter(|found| {
        found.as_ref().map_or(true, |plot| plot.boundary.bounds().intersects(bounds))
    });
    exact.take(limit).collect()
}

fn outline(row: &Row<'_>) -> Result<PlotOutline, Failure> {
    let id: Uuid = row.get(0)?;
    let boundary: String = row.get(1)?;
    let boundary: Boundary = parse("plots", id, &boundary)?;
    Ok(PlotOutline {
        plot: id.into(),
        farm: row.get::<_, Uuid>(2)?.into(),
        owner: row.get::<_, Uuid>(3)?.into(),
        boundary,
    })
}
