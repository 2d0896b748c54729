use mongodb::bson::doc;

use super::*;

fn read(reply: &Document) -> Explanation {
    Explanation::read(crate::farms::BY_ID, reply)
}

fn stats(keys: i32, docs: i32, returned: i32) -> Document {
    doc! {
        "nReturned": returned, "totalKeysExamined": keys, "totalDocsExamined": docs,
        "executionStages": { "stage": "NOT_TO_BE_READ" },
    }
}

#[test]
fn a_plan_of_the_classic_engine_is_read_from_its_winner() {
    let scan = doc! { "stage": "IXSCAN", "indexName": "farms_owner" };
    let reply = doc! {
        "queryPlanner": {
            "winningPlan": { "stage": "LIMIT", "inputStage": { "stage": "FETCH", "inputStage": scan } },
            "rejectedPlans": [{ "stage": "SORT" }],
        },
        "executionStats": stats(3, 2, 1),
    };

    let explained = read(&reply);

    assert_eq!(explained.stages, ["IXSCAN", "FETCH", "LIMIT"]);
    assert_eq!(explained.indexes, ["farms_owner"]);
    assert_eq!((explained.keys, explained.docs, explained.returned), (3, 2, 1));
}

#[test]
fn a_plan_of_the_slot_based_engine_is_read_without_its_slots() {
    let reply = doc! {
        "explainVersion": "2",
        "queryPlanner": { "winningPlan": {
            "queryPlan": { "stage": "FETCH", "inputStage": { "stage": "IXSCAN", "indexName": "_id_" } },
            "slotBasedPlan": { "stages": "nlj [] …" },
        } },
        "executionStats": stats(1, 1, 1),
    };

    let explained = read(&reply);

    assert_eq!(
        (explained.stages, explained.indexes),
        (vec!["IXSCAN".to_owned(), "FETCH".to_owned()], vec!["_id_".to_owned()],)
    );
}

#[test]
fn shards_are_walked_and_an_index_is_named_once() {
    let shard = |name: &str| {
        doc! { "shardName": name, "winningPlan": {
            "stage": "FETCH", "inputStage": { "stage": "IXSCAN", "indexName": "farms_owner" },
        } }
    };
    let reply = doc! {
        "queryPlanner": { "winningPlan": {
            "stage": "SHARD_MERGE_SORT", "shards": [shard("a"), shard("b")],
        } },
        "executionStats": stats(4, 4, 4),
    };

    let explained = read(&reply);

    assert_eq!(explained.indexes, ["farms_owner"]);
    assert_eq!(explained.stages.last().map(String::as_str), Some("SHARD_MERGE_SORT"));
}

#[test]
fn a_document_by_its_id_walks_the_index_that_every_collection_has() {
    for stage in ["IDHACK", "EXPRESS_IXSCAN"] {
        let reply = doc! { "queryPlanner": { "winningPlan": { "stage": stage } } };

        assert_eq!(read(&reply).indexes, ["_id_"], "{stage}");
    }
}

#[test]
fn an_aggregation_counts_its_stages_together_and_a_join_that_scans_is_seen() {
    let joined = |scans: i32| {
        doc! { "stages": [
            { "$cursor": {
                "queryPlanner": { "winningPlan": { "stage": "IDHACK" } },
                "executionStats": stats(1, 1, 1),
            }, "nReturned": 1 },
            {
                "$lookup": { "from": "accounts" }, "nReturned": 1_i64, "collectionScans": scans,
                "totalDocsExamined": 5_i64, "totalKeysExamined": 2_i64, "indexesUsed": ["_id_"],
            },
        ] }
    };

    let explained = read(&joined(0));
    let scanning = read(&joined(1));

    assert_eq!((explained.keys, explained.docs, explained.returned), (3, 6, 1));
    assert_eq!(explained.faults(), []);
    assert_eq!(scanning.faults(), [Fault::CollectionScan]);
}

#[test]
fn a_change_returns_what_it_would_change() {
    let stage = |counted: Document| {
        doc! {
            "queryPlanner": { "winningPlan": { "stage": "UPDATE", "inputStage": { "stage": "IDHACK" } } },
            "executionStats": {
                "nReturned": 0, "totalKeysExamined": 4, "totalDocsExamined": 4,
                "executionStages": counted,
            },
        }
    };
    let updated = stage(doc! { "stage": "UPDATE", "nMatched": 4_i64, "nWouldModify": 3_i64 });
    let deleted = stage(doc! { "stage": "BATCHED_DELETE", "nWouldDelete": 4 });

    assert_eq!((read(&updated).returned, read(&deleted).returned), (4, 4));
}

#[test]
fn the_limit_is_a_tenth_more_than_is_returned_and_ten_beside() {
    let of = |docs, returned| {
        let plan = doc! { "winningPlan": { "stage": "IDHACK" } };
        read(&doc! { "queryPlanner": plan, "executionStats": stats(docs, docs, returned) }).faults()
    };

    assert_eq!(of(11, 1), []);
    assert_eq!(of(12, 1), [Fault::ReadsTooMuch { docs: 12, returned: 1 }]);
    assert_eq!(of(120, 100), []);
    assert_eq!(of(121, 100), [Fault::ReadsTooMuch { docs: 121, returned: 100 }]);
    assert_eq!(of(0, 0), [Fault::Empty]);
}

#[test]
fn a_scan_a_sort_and_another_index_are_faults() {
    let plan = doc! { "winningPlan": {
        "stage": "SORT", "inputStage": { "stage": "COLLSCAN" },
    } };
    let scanned = read(&doc! { "queryPlanner": plan, "executionStats": stats(0, 1, 1) });
    let plan = doc! { "winningPlan": { "stage": "IXSCAN", "indexName": "farms_owner" } };
    let other = read(&doc! { "queryPlanner": plan, "executionStats": stats(1, 1, 1) });

    let told = |explained: &Explanation| -> Vec<String> {
        explained.faults().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told(&scanned),
        ["reads the whole collection", "sorts in memory", "does not walk _id_"]
    );
    assert_eq!(told(&other), ["walks farms_owner instead of _id_"]);
}
