use std::collections::HashSet;

use super::*;

fn indexes() -> Vec<(&'static Collection, &'static Index)> {
    let with = |collection: &'static Collection| {
        collection.indexes.iter().map(move |index| (collection, index))
    };
    collections().iter().flat_map(with).collect()
}

#[test]
fn every_query_names_an_index_of_its_collection() {
    for query in queries() {
        let collection = collections().iter().find(|one| one.name == query.collection).unwrap();
        let known = collection.indexes.iter().any(|index| index.name == query.index);
        assert!(known || query.index == "_id_", "{query:?}");
    }
}

#[test]
fn every_index_is_walked_by_a_query() {
    let used: HashSet<&str> = queries().iter().map(|query| query.index).collect();
    let idle: Vec<&str> =
        indexes().iter().map(|(_, index)| index.name).filter(|name| !used.contains(name)).collect();

    assert_eq!(idle, Vec::<&str>::new());
}

#[test]
fn names_of_queries_and_indexes_are_given_once() {
    let queries = queries();
    let names: HashSet<&str> = queries.iter().map(|query| query.name).collect();
    let indexes = indexes();
    let index_names: HashSet<&str> = indexes.iter().map(|(_, index)| index.name).collect();

    assert_eq!((names.len(), index_names.len()), (queries.len(), indexes.len()));
}

#[test]
fn what_is_unique_is_spread_by_itself() {
    for (collection, index) in indexes().into_iter().filter(|(_, index)| index.unique) {
        let spread = collection.shard_key.map(|(field, _)| field);
        let first = index.keys.first().map(|(field, _)| *field);
        assert!(spread.is_none() || spread == first, "{}", index.name);
    }
}

#[test]
fn no_index_is_the_beginning_of_another() {
    for (collection, index) in indexes() {
        // One that holds some documents only does not stand for one that holds all.
        let whole = |other: &&Index| other.name != index.name && other.only.is_none();
        let longer = collection.indexes.iter().filter(whole);
        for other in longer.filter(|_| !index.unique && index.only.is_none()) {
            assert!(!other.keys.starts_with(index.keys), "{} {}", index.name, other.name);
        }
    }
}
